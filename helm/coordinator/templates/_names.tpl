{{- define "coordinator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "coordinator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "coordinator.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "coordinator.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "coordinator.selector" -}}
app.kubernetes.io/name: {{ include "coordinator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "coordinator.labels" -}}
{{ include "coordinator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "coordinator.secretName" -}}
{{- default (printf "%s-secrets" (include "coordinator.fullname" .)) .Values.secrets.name -}}
{{- end -}}

{{- define "coordinator.image" -}}
{{- $tag := default .Chart.AppVersion .Values.image.tag -}}
{{- if hasPrefix "sha256:" $tag -}}
{{- printf "%s@%s" .Values.image.repository $tag -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository $tag -}}
{{- end -}}
{{- end -}}

{{- define "coordinator.isCluster" -}}
{{- if eq .Values.engine "microsoft" }}yes{{ end -}}
{{- end -}}

{{- define "coordinator.isPostgres" -}}
{{- if eq .Values.storage.kind "postgres" }}yes{{ end -}}
{{- end -}}

{{/* Keys of the Secret that one role is given as files: the processes that only answer players get no keys of money. */}}
{{- define "coordinator.secretKeys" -}}
{{- $root := .root -}}
{{- $keys := $root.Values.secrets.keys -}}
{{- $given := list $keys.operatorToken -}}
{{- if $root.Values.operator.tls -}}
{{- $given = concat $given (list $keys.operatorCertificate $keys.operatorKey) -}}
{{- end -}}
{{- if eq .role "silo" -}}
{{- $given = concat $given (list $keys.rootKey $keys.lightningCertificate $keys.lightningMacaroon) $root.Values.secrets.more -}}
{{- if eq (dig "Chain" "Source" "esplora" $root.Values.config) "bitcoind" -}}
{{- $given = append $given $keys.nodePassword -}}
{{- end -}}
{{- end -}}
{{- if eq .role "gateway" -}}
{{- $given = concat $given $root.Values.secrets.moreForGateways -}}
{{- end -}}
{{- toJson $given -}}
{{- end -}}
