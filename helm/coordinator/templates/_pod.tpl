{{- define "coordinator.containerSecurity" -}}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .Values.user }}
  runAsGroup: {{ .Values.group }}
  readOnlyRootFilesystem: true
  allowPrivilegeEscalation: false
  capabilities:
    drop: [ ALL ]
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "coordinator.podSettings" -}}
serviceAccountName: {{ include "coordinator.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .Values.user }}
  runAsGroup: {{ .Values.group }}
  # Volumes become the group's, which is how this user may write them; only where they are not yet, so that modes inside are left as they are.
  fsGroup: {{ .Values.group }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
A Secret's volume belongs to root. This user can read it only through the group (fsGroup makes it 0440), and the service refuses secrets that a group may read:
so they are copied into memory, each owned by the service's user with mode 0400.
*/}}
{{- define "coordinator.secretsContainer" -}}
- name: secrets
  image: {{ include "coordinator.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  command: [ /bin/sh, -ec ]
  args:
    - |
      umask 077
      for file in /run/coordinator/given/*; do install -m 0400 "$file" /run/coordinator/secrets/; done
  {{- include "coordinator.containerSecurity" .root | nindent 2 }}
  resources:
    requests: { cpu: 10m, memory: 16Mi }
    limits: { memory: 64Mi }
  volumeMounts:
    - { name: given, mountPath: /run/coordinator/given, readOnly: true }
    - { name: secrets, mountPath: /run/coordinator/secrets }
{{- end -}}

{{- define "coordinator.secretsVolumes" -}}
- name: given
  projected:
    defaultMode: 0400
    sources:
      - secret:
          name: {{ include "coordinator.secretName" .root }}
          items:
            {{- range include "coordinator.secretKeys" . | fromJsonArray }}
            - { key: {{ . | quote }}, path: {{ . | quote }} }
            {{- end }}
      {{- if include "coordinator.isCluster" .root }}
      - secret:
          name: {{ .root.Values.cluster.database.secret }}
          items:
            - { key: {{ .root.Values.cluster.database.key | quote }}, path: connection-string }
      {{- end }}
      {{- if and (include "coordinator.isPostgres" .root) (eq .role "silo") }}
      - secret:
          name: {{ .root.Values.storage.database.secret }}
          items:
            - { key: {{ .root.Values.storage.database.key | quote }}, path: storage-connection-string }
      {{- end }}
- name: secrets
  emptyDir:
    medium: Memory
    sizeLimit: 1Mi
- name: temporary
  emptyDir:
    sizeLimit: 64Mi
{{- end -}}

{{- define "coordinator.serviceContainer" -}}
- name: coordinator
  image: {{ include "coordinator.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args: [ --config, /etc/coordinator/coordinator.json ]
  {{- include "coordinator.containerSecurity" .root | nindent 2 }}
  env:
    - name: COORDINATOR_POD
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    {{- if and (include "coordinator.isCluster" .root) (eq .role "silo") }}
    - name: COORDINATOR__Orleans__Address
      valueFrom:
        fieldRef:
          fieldPath: status.podIP
    {{- end }}
    {{- with .root.Values.environment }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - { name: public, containerPort: {{ .root.Values.public.port }} }
    - { name: operator, containerPort: {{ .root.Values.operator.port }} }
    - { name: metrics, containerPort: {{ .root.Values.metrics.port }} }
    {{- if and (include "coordinator.isCluster" .root) (eq .role "silo") }}
    - { name: silo, containerPort: {{ .root.Values.cluster.siloPort }} }
    - { name: gateway, containerPort: {{ .root.Values.cluster.gatewayPort }} }
    {{- end }}
  # Asked so, a process that stands by answers that it lives.
  startupProbe:
    httpGet: { path: "/api/v1/health_check{{ if eq .role "silo" }}?alive{{ end }}", port: public }
    {{- toYaml .root.Values.probes.startup | nindent 4 }}
  livenessProbe:
    {{- if eq .role "gateway" }}
    # The route says whether the process with the grains can be reached: no reason to start this one again.
    tcpSocket: { port: public }
    {{- else }}
    httpGet: { path: "/api/v1/health_check?alive", port: public }
    {{- end }}
    {{- toYaml .root.Values.probes.liveness | nindent 4 }}
  readinessProbe:
    httpGet: { path: /api/v1/health_check, port: public }
    {{- toYaml .root.Values.probes.readiness | nindent 4 }}
  resources:
    {{- toYaml (eq .role "gateway" | ternary .root.Values.gateways.resources .root.Values.resources) | nindent 4 }}
  volumeMounts:
    - { name: config, mountPath: /etc/coordinator, readOnly: true }
    - { name: secrets, mountPath: /run/coordinator/secrets, readOnly: true }
    - { name: temporary, mountPath: /tmp }
    {{- if eq .role "silo" }}
    - { name: data, mountPath: /var/lib/coordinator }
    - { name: generation, mountPath: /var/lib/coordinator-generation }
    {{- end }}
{{- end -}}
