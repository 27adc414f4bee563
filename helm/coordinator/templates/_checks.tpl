{{/* What must never be deployed, refused by name before anything is rendered. */}}
{{- define "coordinator.checks" -}}
{{- if and (ne (int .Values.replicas) 1) (eq .Values.storage.kind "sqlite") -}}
{{- fail (printf "replicas is %d: with storage.kind sqlite state is in one folder of one process; a second one would have books of its own and could pay twice. Leave it at 1, or set storage.kind to postgres, or engine to microsoft and gateways.replicas" (int .Values.replicas)) -}}
{{- end -}}
{{- if and .Values.litestream.enabled (eq .Values.storage.kind "postgres") -}}
{{- fail "litestream.enabled is for storage.kind sqlite: a PostgreSQL database has a backup of its own (docs/backup.md)" -}}
{{- end -}}
{{- if and (eq .Values.storage.kind "postgres") (or .Values.persistence.existingClaim .Values.generation.existingClaim) -}}
{{- fail "persistence.existingClaim and generation.existingClaim are for storage.kind sqlite: with postgres every process has a mark of its own" -}}
{{- end -}}
{{- if and (eq .Values.storage.kind "postgres") (eq .Values.engine "microsoft") (eq .Values.storage.database.secret .Values.cluster.database.secret) (eq .Values.storage.database.key .Values.cluster.database.key) -}}
{{- fail "storage.database is cluster.database: processes find each other and state is kept in databases of their own" -}}
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
{{- if hasKey .Values.config "Storage" -}}
{{- fail "config.Storage is the chart's own: set storage" -}}
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
