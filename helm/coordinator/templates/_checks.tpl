{{/* What must never be deployed, refused by name before anything is rendered. */}}
{{- define "coordinator.checks" -}}
{{- if and (ne (int .Values.replicas) 1) (eq .Values.engine "embedded") -}}
{{- fail (printf "replicas is %d: the embedded engine is one process with one SQLite folder; a second one could pay twice. Leave it at 1, or set engine to microsoft and gateways.replicas" (int .Values.replicas)) -}}
{{- end -}}
{{- if and (ne (int .Values.replicas) 1) (eq .Values.engine "microsoft") -}}
{{- fail (printf "replicas is %d: the process with the grains holds what may begin, coins and lists for itself (docs/microsoft-engine.md); leave it at 1 and set gateways.replicas" (int .Values.replicas)) -}}
{{- end -}}
{{- if or (eq .Values.image.tag "latest") (eq .Values.litestream.image.tag "latest") (eq .Values.litestream.image.tag "") -}}
{{- fail "image.tag and litestream.image.tag name one version each, never latest" -}}
{{- end -}}
{{- if and .Values.litestream.enabled (eq .Values.litestream.bucket "") -}}
{{- fail "litestream.enabled needs litestream.bucket" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (eq (len .Values.ingress.hosts) 0) -}}
{{- fail "ingress.enabled needs ingress.hosts" -}}
{{- end -}}
{{- if and (eq (dig "Chain" "Source" "esplora" .Values.config) "bitcoind") (eq (dig "Chain" "User" "" .Values.config) "") -}}
{{- fail "config.Chain.Source is bitcoind: set config.Chain.User, and its password as secrets.keys.nodePassword; a node's cookie is on the node's own disk" -}}
{{- end -}}
{{- range $section, $names := include "coordinator.owned" . | fromYaml -}}
{{- range $names -}}
{{- if hasKey (default dict (get $.Values.config $section)) . -}}
{{- fail (printf "config.%s.%s is the chart's own: set it by the values it is made from" $section .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if hasKey .Values.config "Data" -}}
{{- fail "config.Data is the chart's own: folders are where the volumes are" -}}
{{- end -}}
{{- if hasKey .Values.config "Orleans" -}}
{{- fail "config.Orleans is the chart's own: set engine and cluster" -}}
{{- end -}}
{{- end -}}

{{- define "coordinator.owned" -}}
Gateway: [ PublicAddress, PublicPort, OperatorAddress, OperatorPort, MetricsAddress, MetricsPort, OperatorTokenFile, OperatorCertificateFile, OperatorKeyFile, OperatorMayBeInClear ]
Lightning: [ TlsCertificatePath, MacaroonPath ]
Chain: [ PasswordFile, CookieFile ]
{{- end -}}
