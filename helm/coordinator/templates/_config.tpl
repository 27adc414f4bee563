{{/* The service's configuration as JSON: what the values say, and over it what is the chart's to know. */}}
{{- define "coordinator.config" -}}
{{- $root := .root -}}
{{- $keys := $root.Values.secrets.keys -}}
{{- $secrets := "/run/coordinator/secrets/" -}}
{{- $gateway := dict
    "PublicAddress" "0.0.0.0" "PublicPort" (int $root.Values.public.port)
    "OperatorAddress" "0.0.0.0" "OperatorPort" (int $root.Values.operator.port)
    "MetricsAddress" "0.0.0.0" "MetricsPort" (int $root.Values.metrics.port)
    "OperatorTokenFile" (print $secrets $keys.operatorToken) -}}
{{- if $root.Values.operator.tls -}}
{{- $_ := set $gateway "OperatorCertificateFile" (print $secrets $keys.operatorCertificate) -}}
{{- $_ := set $gateway "OperatorKeyFile" (print $secrets $keys.operatorKey) -}}
{{- else -}}
{{- $_ := set $gateway "OperatorMayBeInClear" true -}}
{{- end -}}
{{- $own := dict "Gateway" $gateway -}}
{{- if eq .role "silo" -}}
{{- $_ := set $own "Data" (dict
    "Directory" "/var/lib/coordinator"
    "KeyFile" (print $secrets $keys.rootKey)
    "GenerationFile" "/var/lib/coordinator-generation/mark") -}}
{{- if include "coordinator.isPostgres" $root -}}
{{- $_ := set $own "Storage" (dict "Kind" "postgres" "ConnectionStringFile" (print $secrets "storage-connection-string")) -}}
{{- end -}}
{{- $_ := set $own "Lightning" (dict
    "TlsCertificatePath" (print $secrets $keys.lightningCertificate)
    "MacaroonPath" (print $secrets $keys.lightningMacaroon)) -}}
{{- if eq (dig "Chain" "Source" "esplora" $root.Values.config) "bitcoind" -}}
{{- $_ := set $own "Chain" (dict "PasswordFile" (print $secrets $keys.nodePassword)) -}}
{{- end -}}
{{- end -}}
{{- if include "coordinator.isCluster" $root -}}
{{- $_ := set $own "Orleans" (dict
    "Role" .role
    "Clustering" "postgres"
    "ClusterId" $root.Values.cluster.id
    "ServiceId" $root.Values.cluster.id
    "SiloPort" (int $root.Values.cluster.siloPort)
    "GatewayPort" (int $root.Values.cluster.gatewayPort)
    "ConnectionStringFile" (print $secrets "connection-string")) -}}
{{- end -}}
{{- $given := deepCopy $root.Values.config -}}
{{- if eq .role "gateway" -}}
{{- $given = pick $given "Network" "Gateway" "Telemetry" -}}
{{- end -}}
{{- toPrettyJson (mergeOverwrite $given $own) -}}
{{- end -}}
