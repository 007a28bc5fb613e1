{{/* Configuration of media-hash from mediaHash, and what its pods mount and reach for it. */}}
{{- define "platform.mediaHashEnv" -}}
{{- $snapshot := .Values.mediaHash.snapshot -}}
{{- $pull := .Values.mediaHash.pull -}}
{{- if or $snapshot.size $snapshot.claim }}
MediaHash__Snapshot__Path: /var/lib/moderation/snapshot/banks
{{- end }}
{{- if $pull.sources }}
MediaHash__Pull__MaxBytes: {{ $pull.maxBytes | int64 | quote }}
{{- end }}
{{- range $i, $source := $pull.sources }}
MediaHash__Pull__Sources__{{ $i }}__Name: {{ $source.name | quote }}
MediaHash__Pull__Sources__{{ $i }}__Location: {{ $source.location | quote }}
MediaHash__Pull__Sources__{{ $i }}__Bank: {{ $source.bank | quote }}
MediaHash__Pull__Sources__{{ $i }}__Category: {{ $source.category | quote }}
{{- with $source.every }}
MediaHash__Pull__Sources__{{ $i }}__Every: {{ . | quote }}
{{- end }}
{{- with $source.publicKey }}
MediaHash__Pull__Sources__{{ $i }}__PublicKeyFile: /var/lib/moderation/list-keys/{{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "platform.mediaHashMounts" -}}
{{- $media := .Values.mediaHash -}}
{{- if or $media.snapshot.size $media.snapshot.claim }}
- name: snapshot
  mountPath: /var/lib/moderation/snapshot
{{- end }}
{{- if $media.pull.claim }}
- name: hash-lists
  mountPath: /var/lib/moderation/hash-lists
  readOnly: true
{{- end }}
{{- if $media.pull.publicKeysConfigMap }}
- name: list-keys
  mountPath: /var/lib/moderation/list-keys
  readOnly: true
{{- end }}
{{- end -}}

{{- define "platform.mediaHashVolumes" -}}
{{- $media := .Values.mediaHash -}}
{{- if $media.snapshot.claim }}
- name: snapshot
  persistentVolumeClaim:
    claimName: {{ $media.snapshot.claim }}
{{- else if $media.snapshot.size }}
- name: snapshot
  emptyDir:
    sizeLimit: {{ $media.snapshot.size }}
{{- end }}
{{- with $media.pull.claim }}
- name: hash-lists
  persistentVolumeClaim:
    claimName: {{ . }}
    readOnly: true
{{- end }}
{{- with $media.pull.publicKeysConfigMap }}
- name: list-keys
  configMap:
    name: {{ . }}
{{- end }}
{{- end -}}

{{/* Egress to the addresses of lists; none where all lists lie in directories. */}}
{{- define "platform.pullEgress" -}}
{{- $pull := (index . 0).Values.mediaHash.pull -}}
{{- $addresses := dict "any" false -}}
{{- range $pull.sources }}{{- if hasPrefix "https://" .location }}{{- $_ := set $addresses "any" true }}{{- end }}{{- end }}
{{- if and (eq (index . 1) "media-hash") $addresses.any }}
- {{ with $pull.peers }}to:
    {{- toYaml . | nindent 4 }}
  {{ end }}ports:
    {{- range $pull.ports }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}
{{- end -}}
