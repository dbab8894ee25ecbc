{{/*
Service in front of the release's pods.
In: top; service (default: values.service), name (default: the release's), targetPort and portName (default: http);
annotations and nodePort: true where the real chart renders those values, which not all of them do.
*/}}
{{- define "common.service" }}
{{- $service := .service | default .top.Values.service }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name | default (include "common.fullname" .top) }}
  namespace: {{ .top.Release.Namespace }}
  labels:
    {{- include "common.labels" .top | nindent 4 }}
  {{- if and .annotations $service.annotations }}
  annotations:
    {{- toYaml $service.annotations | nindent 4 }}
  {{- end }}
spec:
  type: {{ $service.type | default "ClusterIP" }}
  ports:
    - name: {{ .portName | default "http" }}
      port: {{ $service.port }}
      targetPort: {{ .targetPort | default "http" }}
      protocol: TCP
      {{- if and .nodePort $service.nodePort (eq $service.type "NodePort") }}
      nodePort: {{ $service.nodePort }}
      {{- end }}
  selector:
    {{- include "common.selectorLabels" .top | nindent 4 }}
{{- end -}}

{{/* Ingress to the release's Service, when values.ingress says so. In: the chart's context. */}}
{{- define "common.ingress" }}
{{- if (.Values.ingress).enabled }}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "common.fullname" . }}
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.className }}
  ingressClassName: {{ . }}
  {{- end }}
  {{- with .Values.ingress.tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range .Values.ingress.hosts }}
    - host: {{ .host | quote }}
      http:
        paths:
          {{- range .paths }}
          - path: {{ .path }}
            pathType: {{ .pathType | default "ImplementationSpecific" }}
            backend:
              service:
                name: {{ include "common.fullname" $ }}
                port:
                  number: {{ $.Values.service.port }}
          {{- end }}
    {{- end }}
{{- end }}
{{- end -}}
