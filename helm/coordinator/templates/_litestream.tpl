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

{{/*
Each database is restored only where it is missing and a replica exists; then one process replicates them until after the service has ended.
The generation mark is on a volume of its own, so a fresh backup could pass for data that went on: where competitions.db is missing the folder is marked as
restored before anything is, and the mark taken back where no replica was found. A pod that dies in between does the same again.
*/}}
{{- define "coordinator.litestreamContainers" -}}
{{- include "coordinator.restoreStep" (dict "root" . "name" "expect-restore" "script" "[ -e competitions.db ] || : >restored-from-backup") }}
{{- range list "competitions" "users" "bitcoin" }}
- name: restore-{{ . }}
  args: [ restore, -config, /etc/litestream/litestream.yml, -if-db-not-exists, -if-replica-exists, /var/lib/coordinator/{{ . }}.db ]
  {{- include "coordinator.litestreamContainer" $ | nindent 2 }}
{{- end }}
{{- include "coordinator.restoreStep" (dict "root" . "name" "judge-restore" "script" "[ -e competitions.db ] || rm -f restored-from-backup") }}
- name: litestream
  restartPolicy: Always
  args: [ replicate, -config, /etc/litestream/litestream.yml ]
  {{- include "coordinator.litestreamContainer" . | nindent 2 }}
{{- end -}}

{{- define "coordinator.restoreStep" }}
- name: {{ .name }}
  image: {{ include "coordinator.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [ /bin/sh, -ec ]
  args: [ {{ printf "cd /var/lib/coordinator; %s" .script | quote }} ]
  {{- include "coordinator.containerSecurity" .root | nindent 2 }}
  resources:
    requests: { cpu: 10m, memory: 16Mi }
    limits: { memory: 64Mi }
  volumeMounts:
    - { name: data, mountPath: /var/lib/coordinator }
{{- end }}
