{{/* Name of every object of one service: (list $ "ingest") -> <release>-ingest. It is a DNS label. */}}
{{- define "platform.name" -}}
{{- $root := index . 0 -}}
{{- $name := printf "%s-%s" $root.Release.Name (index . 1) -}}
{{- if contains "." $name -}}
{{- fail (printf "the release name %q has a dot, which no Service may have in its name" $root.Release.Name) -}}
{{- end -}}
{{- if gt (len $name) 63 -}}
{{- fail (printf "the name %q has %d characters, a Service may have 63: choose a release name of at most %d characters" $name (len $name) (int (sub 62 (len (index . 1))))) -}}
{{- end -}}
{{- $name -}}
{{- end -}}

{{/* Labels that select the pods of one service; they never change over a release's life. */}}
{{- define "platform.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end -}}

{{- define "platform.podLabels" -}}
{{ include "platform.selector" . }}
app.kubernetes.io/part-of: moderation-platform
{{- end -}}

{{- define "platform.labels" -}}
{{- $root := index . 0 -}}
{{ include "platform.podLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version }}
{{- end -}}

{{/* metadata of one object: (list $ "ingest") */}}
{{- define "platform.metadata" -}}
name: {{ include "platform.name" . }}
namespace: {{ (index . 0).Release.Namespace }}
labels:
  {{- include "platform.labels" . | nindent 2 }}
{{- end -}}

{{/* A service's block over the defaults, as YAML. */}}
{{- define "platform.service" -}}
{{- $root := index . 0 -}}
{{- toYaml (mergeOverwrite (deepCopy $root.Values.defaults) (deepCopy (index $root.Values.services (index . 1)))) -}}
{{- end -}}

{{/* text-classify -> TextClassify: the service's name in configuration keys. */}}
{{- define "platform.configName" -}}
{{- . | replace "-" " " | title | replace " " "" -}}
{{- end -}}

{{- define "platform.image" -}}
{{- $root := index . 0 -}}
{{- $image := printf "%s:%s" (index . 1) ($root.Values.image.tag | default $root.Chart.AppVersion) -}}
{{- if $root.Values.image.registry -}}{{- trimSuffix "/" $root.Values.image.registry -}}/{{- end -}}
{{- $image -}}
{{- end -}}
