{{/*
A role and its binding.
In: top, name; rules (each as common.rule takes it) or clusterRole (name of an existing one to bind); cluster (true:
cluster-wide), namespace, bindingName, serviceAccount (default: the release's) or group, annotations,
bindingAnnotations; unlabelled (true: neither bears labels), unlabelledBinding (true: the binding bears none).
*/}}
{{- define "common.role" }}
{{- $scope := ternary "Cluster" "" (.cluster | default false) }}
{{- $namespace := .namespace | default .top.Release.Namespace }}
{{- with .rules }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}Role
metadata:
  name: {{ $.name }}
  {{- if not $.cluster }}
  namespace: {{ $namespace }}
  {{- end }}
  {{- if not $.unlabelled }}
  labels:
    {{- include "common.labels" $.top | nindent 4 }}
  {{- end }}
  {{- with $.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
rules:
  {{- range . }}
  {{- include "common.rule" . | nindent 2 }}
  {{- end }}
{{- end }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $scope }}RoleBinding
metadata:
  name: {{ .bindingName | default .name }}
  {{- if not .cluster }}
  namespace: {{ $namespace }}
  {{- end }}
  {{- if not (or .unlabelled .unlabelledBinding) }}
  labels:
    {{- include "common.labels" .top | nindent 4 }}
  {{- end }}
  {{- with .bindingAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ ternary "ClusterRole" (printf "%sRole" $scope) (not (empty .clusterRole)) }}
  name: {{ .clusterRole | default .name }}
subjects:
  {{- if .group }}
  - apiGroup: rbac.authorization.k8s.io
    kind: Group
    name: {{ .group }}
  {{- else }}
  - kind: ServiceAccount
    name: {{ .serviceAccount | default (include "common.serviceAccountName" .top) }}
    namespace: {{ .top.Release.Namespace }}
  {{- end }}
{{- end -}}

{{/*
One rule of a role.
In: three texts (API groups, resources, verbs), each of one or more words, "core" for the core group; or the rule itself.
*/}}
{{- define "common.rule" -}}
{{- if kindIs "slice" . -}}
- apiGroups: {{ index . 0 | splitList " " | toJson | replace "\"core\"" "\"\"" }}
  resources: {{ index . 1 | splitList " " | toJson }}
  verbs: {{ index . 2 | splitList " " | toJson }}
{{- else -}}
{{ toYaml (list .) }}
{{- end -}}
{{- end -}}
