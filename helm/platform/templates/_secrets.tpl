{{/* Names of the Secrets that pods refer to: the operator's, or the one this chart makes. */}}
{{- define "platform.redisSecret" -}}
{{- .Values.redis.existingSecret | default (include "platform.name" (list . "redis")) -}}
{{- end -}}

{{- define "platform.redisSecretKey" -}}
{{- if .Values.redis.existingSecret -}}{{- .Values.redis.connectionStringKey -}}{{- else -}}connection-string{{- end -}}
{{- end -}}

{{/* One item of the projected key volume: (list $ "serviceToken" "service-token.key") */}}
{{- define "platform.keySource" -}}
{{- $root := index . 0 -}}
{{- $secret := index $root.Values.secrets (index . 1) -}}
{{- $file := index . 2 -}}
secret:
  name: {{ $secret.existingSecret | default (include "platform.name" (list $root "keys")) }}
  items:
    - key: {{ if $secret.existingSecret }}{{ $secret.key }}{{ else }}{{ $file }}{{ end }}
      path: {{ $file }}
{{- end -}}

{{/* base64 of one value of a Secret that this chart made before, else of the fresh value:
     (list $ "keys" "service-token.key" fresh) */}}
{{- define "platform.kept" -}}
{{- $root := index . 0 -}}
{{- $old := lookup "v1" "Secret" $root.Release.Namespace (include "platform.name" (list $root (index . 1))) -}}
{{- index ($old.data | default dict) (index . 2) | default (index . 3 | b64enc) -}}
{{- end -}}
