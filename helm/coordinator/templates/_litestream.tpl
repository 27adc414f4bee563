{{- define "coordinator.litestreamContainer" -}}
image: {{ printf "%s:%s" .Values.litestream.image.repository .Values.litestream.image.tag }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{ include "coordinator.containerSecurity" . }}
{{- with .Values.litestream.secret }}
envFrom:
  - secretRef:
      name: {{ . }}
{{- end }}
resources:
  {{- toYaml .Values.litestream.resources | nindent 2 }}
volumeMounts:
  - { name: litestream, mountPath: /etc/litestream, readOnly: true }
  - { name: data, mountPath: /var/lib/coordinator }
  - { name: temporary, mountPath: /tmp }
{{- end -}}

{{/* Each database is restored only where it is missing and a replica exists; then one process replicates them until after the service has ended. */}}
{{- define "coordinator.litestreamContainers" -}}
{{- range list "competitions" "users" "bitcoin" }}
- name: restore-{{ . }}
  args: [ restore, -config, /etc/litestream/litestream.yml, -if-db-not-exists, -if-replica-exists, /var/lib/coordinator/{{ . }}.db ]
  {{- include "coordinator.litestreamContainer" $ | nindent 2 }}
{{- end }}
- name: litestream
  restartPolicy: Always
  args: [ replicate, -config, /etc/litestream/litestream.yml ]
  {{- include "coordinator.litestreamContainer" . | nindent 2 }}
{{- end -}}
