{{/*
Environment of a program that keeps its data in PostgreSQL, as a list for a container's env: the entries of
values.config, then the credentials from a Secret, unless config holds them itself.
In: top, secretName, key (the values key that names the Secret, for the error).
*/}}
{{- define "common.databaseEnvironment" -}}
{{- $config := .top.Values.config | default dict }}
{{- range $name, $value := $config }}
{{- if not (kindIs "invalid" $value) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- range $name := list "DB_USER" "DB_PASS" }}
{{- if not (hasKey $config $name) }}
{{- if not $.secretName }}
{{- fail (printf "%s is missing: name a Secret in %s, or set config.%s" $name $.key $name) }}
{{- end }}
{{ include "common.secretEntry" (dict "name" $name "secret" $.secretName) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* One environment entry read from the Secret's key of the same name. In: name, secret. */}}
{{- define "common.secretEntry" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .name }}
{{- end -}}

{{/*
Deployment, Service and account of the programs that only talk to the database.
In: top; ports (further ones, name -> container port).
*/}}
{{- define "common.databaseProgram" }}
{{- $top := .top }}
{{- $values := $top.Values }}
{{- include "common.serviceAccount" $top }}
{{- $credentials := dict "top" $top "secretName" ($values.secret).name "key" "secret.name" }}
{{- $env := include "common.databaseEnvironment" $credentials | fromYamlArray }}
{{- $ports := dict "http" (($values.config).PORT | default $values.service.port) }}
{{- include "common.deployment" (dict "top" $top "env" $env "ports" (merge $ports (.ports | default dict))) }}
{{- include "common.service" (dict "top" $top) }}
{{- end -}}

{{/*
The same for the two presenters, which the portal and browsers call: with a signing key, an endpoint Secret and
an Ingress. Neither renders values.service.nodePort, so the cluster picks the port.
In: the chart's context.
*/}}
{{- define "common.presenter" }}
{{- $values := .Values }}
{{- include "common.serviceAccount" . }}
{{- $credentials := dict "top" . "secretName" ($values.dbSecret).name "key" "dbSecret.name" }}
{{- $env := include "common.databaseEnvironment" $credentials | fromYamlArray }}
{{- $signing := dict "name" "JWT_SIGN_KEY" "secret" $values.jwtSignKeySecret.name }}
{{- $key := include "common.secretEntry" $signing | fromYamlArray }}
{{- $port := ($values.config).PORT | default $values.service.port }}
{{- include "common.deployment" (dict "top" . "env" (concat $env $key) "ports" (dict "http" $port)) }}
{{- include "common.service" (dict "top" .) }}
{{- include "common.ingress" . }}
{{- if $values.endpointSecret.create }}
{{- include "common.endpoint" (dict
  "top" .
  "url" (include "common.url" .)
  "entries" (dict "insecure" "true")
) }}
{{- end }}
{{- end -}}
