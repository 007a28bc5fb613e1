{{/* Configuration of one service, without secrets. */}}
{{- define "platform.env" -}}
{{- $root := index . 0 -}}
{{- $name := index . 1 -}}
{{- $service := include "platform.service" . | fromYaml -}}
{{- $env := dict
    "Listen__Address" "0.0.0.0"
    "Listen__Grpc" "8081"
    "Listen__Metrics" "9090"
    "Sharding__Count" ($root.Values.sharding.count | int | toString)
    "ServiceToken__KeyFile" "/var/run/secrets/moderation/service-token.key"
    "People__KeyFile" "/var/run/secrets/moderation/people-token.key" -}}
{{- with $root.Values.identityProvider -}}{{- if .issuer -}}
{{- $_ := merge $env (dict "People__Jwt__Issuer" .issuer "People__Jwt__Audience" .audience "People__Jwt__JwksFile" "/var/run/secrets/moderation/jwks.json") -}}
{{- end -}}{{- end -}}
{{- if $service.rest -}}{{- $_ := set $env "Listen__Rest" "8080" -}}{{- end -}}
{{- if $service.signsAudit -}}
{{- $_ := set $env "Audit__SigningKeyFile" "/var/run/secrets/moderation/audit-signing.pem" -}}
{{- if $root.Values.audit.archiveClaim -}}{{- $_ := set $env "Audit__ArchiveDirectory" "/var/lib/moderation/archive" -}}{{- end -}}
{{- end -}}
{{- if and (eq $name "text-classify") $root.Values.textModels.claim -}}{{- $_ := set $env "TextModel__Folder" "/var/lib/moderation/text-models" -}}{{- end -}}
{{- range $callee, $block := $root.Values.services -}}
{{- if has $name $block.callers -}}
{{- $_ := set $env (printf "Services__%s" (include "platform.configName" $callee)) (printf "dns:///%s:8081" (include "platform.name" (list $root $callee))) -}}
{{- end -}}
{{- end -}}
{{- if eq $name "enforcement" -}}{{- $_ := merge $env (include "platform.deliveryEnv" $root | fromYaml) -}}{{- end -}}
{{- if eq $name "media-hash" -}}{{- $_ := merge $env (include "platform.mediaHashEnv" $root | fromYaml) -}}{{- end -}}
{{- if eq $name "ingest" -}}{{- $_ := merge $env (include "platform.bridgeEnv" $root | fromYaml) -}}{{- end -}}
{{- with $root.Values.otlp.endpoint -}}{{- $_ := set $env "OTEL_EXPORTER_OTLP_ENDPOINT" . -}}{{- end -}}
{{- $old := lookup "v1" "ConfigMap" $root.Release.Namespace (include "platform.name" .) -}}
{{- $was := index ($old.data | default dict) "Sharding__Count" -}}
{{- if and $was (ne $was (get $env "Sharding__Count")) -}}
{{- fail (printf "sharding.count is %s, this release was installed with %s, and it cannot change" (get $env "Sharding__Count") $was) -}}
{{- end -}}
{{- $own := merge (deepCopy $service.env) (deepCopy $root.Values.env) -}}
{{- range $key, $value := $own -}}
{{- if hasKey $env $key -}}
{{- fail (printf "env.%s of %s: the chart sets this variable itself, from other values" $key $name) -}}
{{- end -}}
{{- end -}}
{{- toYaml (merge $env $own) -}}
{{- end -}}
