{{/* Configuration of delivery (enforcement) and of the bridge (ingest), and what a Dapr sidecar needs. */}}
{{- define "platform.deliveryEnv" -}}
{{- $webhooks := .Values.delivery.webhooks -}}
{{- if $webhooks.enabled }}
Delivery__Webhooks__Enabled: "true"
Delivery__KeyFile: /var/run/secrets/moderation/delivery.key
{{- if $webhooks.allowHttp }}
Delivery__Webhooks__AllowHttp: "true"
{{- end }}
{{- range $i, $network := $webhooks.allowedNetworks }}
Delivery__Webhooks__AllowedNetworks__{{ $i }}: {{ $network | quote }}
{{- end }}
{{- end }}
{{- if .Values.delivery.dapr.enabled }}
Delivery__Dapr__Enabled: "true"
Delivery__Dapr__PubSub: {{ .Values.delivery.dapr.pubSub | quote }}
Delivery__Dapr__Topic: {{ .Values.delivery.dapr.topic | quote }}
{{- end }}
{{- end -}}

{{- define "platform.bridgeEnv" -}}
{{- if .Values.bridge.dapr.enabled }}
Bridge__Dapr__Enabled: "true"
Bridge__Dapr__Port: "8082"
{{- range $i, $topic := .Values.bridge.dapr.topics }}
Bridge__Dapr__Topics__{{ $i }}__PubSub: {{ $topic.pubSub | quote }}
Bridge__Dapr__Topics__{{ $i }}__Topic: {{ $topic.topic | quote }}
Bridge__Dapr__Topics__{{ $i }}__TenantId: {{ $topic.tenantId | quote }}
{{- with $topic.deadLetterTopic }}
Bridge__Dapr__Topics__{{ $i }}__DeadLetterTopic: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* "true" when the pods of a service get a sidecar: (list $ "ingest") */}}
{{- define "platform.sidecar" -}}
{{- $values := (index . 0).Values -}}
{{- $name := index . 1 -}}
{{- if or (and (eq $name "enforcement") $values.delivery.dapr.enabled) (and (eq $name "ingest") $values.bridge.dapr.enabled) -}}true{{- end -}}
{{- end -}}

{{/* Annotations for Dapr's injector. The sidecar of ingest delivers to a port that listens on loopback only. */}}
{{- define "platform.sidecarAnnotations" -}}
{{- if include "platform.sidecar" . -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ include "platform.name" . }}
{{- if eq (index . 1) "ingest" }}
dapr.io/app-port: "8082"
dapr.io/app-protocol: http
{{- end }}
{{- end -}}
{{- end -}}

{{/* Egress of deliveries and sidecars: (list $ "enforcement") */}}
{{- define "platform.deliveryEgress" -}}
{{- $values := (index . 0).Values -}}
{{- if and (eq (index . 1) "enforcement") $values.delivery.webhooks.enabled }}
- {{ with $values.delivery.webhooks.peers }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    {{- range $values.delivery.webhooks.ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
{{- if include "platform.sidecar" . }}
{{- range $values.dapr.egress }}
- {{ with .peers }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    {{- range .ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
{{- end }}
{{- end -}}
