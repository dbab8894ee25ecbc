{{/*
A FinOps operator: Deployment, environment, account, and the two roles that all of them have.
In: the chart's context.
*/}}
{{- define "common.operator" }}
{{- $name := include "common.fullname" . }}
{{- if and (.Values.autoscaling).enabled (hasPrefix "finops-operator-" .Chart.Name) }}
{{- fail (printf "as in the real chart %s, autoscaling does not render: no template %q" .Chart.Name (printf "%s.fullname" .Chart.Name)) }}
{{- end }}
{{- include "common.serviceAccount" . }}
{{- include "common.environment" (dict "top" .) }}
{{- include "common.deployment" (dict
  "top" .
  "environment" true
  "args" (list "--leader-elect")
  "ports" (dict "probes" 8081)
) }}
{{- $leases := list
 
  (list "core coordination.k8s.io" "configmaps leases events" "create get list watch update patch delete")
}}
{{- include "common.role" (dict "top" . "name" (printf "%s-leader-election" $name) "rules" $leases) }}
{{- $manage := list (list "core apps finops.krateo.io" "*" "*") }}
{{- include "common.role" (dict "top" . "name" (printf "%s-manager" $name) "rules" $manage) }}
{{- end -}}
