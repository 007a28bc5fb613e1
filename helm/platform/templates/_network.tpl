{{/* Peers of a caller that is one of our services: (list $ "ingest") */}}
{{- define "platform.podPeer" -}}
- podSelector:
    matchLabels:
      {{- include "platform.selector" . | nindent 6 }}
{{- end -}}

{{/* Port of an OTLP endpoint; the schema has made sure that there is one. */}}
{{- define "platform.otlpPort" -}}
{{- (urlParse .Values.otlp.endpoint).host | splitList ":" | last -}}
{{- end -}}

{{- define "platform.ingressRules" -}}
{{- $root := index . 0 -}}
{{- $service := include "platform.service" . | fromYaml -}}
{{- range $caller := $service.callers }}
- from:
    {{- with index $root.Values.networkPolicy.peers $caller }}
    {{- toYaml . | nindent 4 }}
    {{- else }}
    {{- include "platform.podPeer" (list $root $caller) | nindent 4 }}
    {{- end }}
  ports:
    - {port: 8081, protocol: TCP}
    {{- if and $service.rest (hasKey $root.Values.networkPolicy.peers $caller) }}
    - {port: 8080, protocol: TCP}
    {{- end }}
{{- end }}
{{- with $root.Values.networkPolicy.prometheus }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    - {port: 9090, protocol: TCP}
{{- end }}
{{- end -}}

{{- define "platform.egressRules" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
- {{ with $root.Values.networkPolicy.dns }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    - {port: 53, protocol: UDP}
    - {port: 53, protocol: TCP}
{{- if $root.Values.redis.bundled.enabled }}
- to:
    {{- include "platform.podPeer" (list $root "redis") | nindent 4 }}
  ports:
    - {port: 6379, protocol: TCP}
{{- else }}
- {{ with $root.Values.redis.peers }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    {{- range $root.Values.redis.ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
{{- range $callee, $block := $root.Values.services }}
{{- if has $name $block.callers }}
- to:
    {{- include "platform.podPeer" (list $root $callee) | nindent 4 }}
  ports:
    - {port: 8081, protocol: TCP}
{{- end }}
{{- end }}
{{- if $root.Values.otlp.endpoint }}
- {{ with $root.Values.otlp.peers }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    - {port: {{ include "platform.otlpPort" $root }}, protocol: TCP}
{{- end }}
{{- with include "platform.deliveryEgress" . | trim }}
{{ . }}
{{- end }}
{{- with include "platform.pullEgress" . | trim }}
{{ . }}
{{- end }}
{{- end -}}
