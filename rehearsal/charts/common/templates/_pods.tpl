{{/*
Deployment of one container, with the pod settings that every chart takes from its values.
In: top; ports (name -> container port), environment (true: envFrom the release's ConfigMap), secrets (names, for
envFrom), env (list), configMaps (name -> mount path), args, podAnnotations, pullSecrets (default: the values'
imagePullSecrets), securityContext (default: the values';
"none" where the real chart has none for its containers),
sidecars (containers), serviceAccount ("default": none is named). For a second Deployment of a release also name,
component (its pods' app.kubernetes.io/name) and values (a part of the chart's).
*/}}
{{- define "common.deployment" }}
{{- $top := .top }}
{{- $values := .values | default .top.Values }}
{{- $name := .name | default (include "common.fullname" $top) }}
{{- $labels := include "common.labels" $top | fromYaml }}
{{- $selector := include "common.selectorLabels" $top | fromYaml }}
{{- with .component }}
{{- $_ := set $labels "app.kubernetes.io/name" . }}
{{- $_ := set $selector "app.kubernetes.io/name" . }}
{{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ $name }}
  namespace: {{ $top.Release.Namespace }}
  labels:
    {{- toYaml $labels | nindent 4 }}
spec:
  {{- if not ($values.autoscaling).enabled }}
  replicas: {{ hasKey $values "replicaCount" | ternary $values.replicaCount 1 }}
  {{- end }}
  selector:
    matchLabels:
      {{- toYaml $selector | nindent 6 }}
  template:
    metadata:
      {{- with merge (dict) (.podAnnotations | default dict) ($values.podAnnotations | default dict) }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      labels:
        {{- toYaml (merge (dict) $labels ($values.podLabels | default dict)) | nindent 8 }}
    spec:
      {{- with .pullSecrets | default $values.imagePullSecrets }}
      imagePullSecrets:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if ne .serviceAccount "default" }}
      serviceAccountName: {{ .serviceAccount | default (include "common.serviceAccountName" $top) }}
      {{- end }}
      {{- with $values.podSecurityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .component | default $top.Chart.Name }}
          image: {{ include "common.image" (dict "top" $top "image" $values.image) }}
          imagePullPolicy: {{ $values.image.pullPolicy | default "IfNotPresent" }}
          {{- with .args }}
          args: {{ toJson . }}
          {{- end }}
          {{- if ne (toString .securityContext) "none" }}
          {{- with .securityContext | default $values.securityContext }}
          securityContext:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- end }}
          {{- if or .environment .secrets }}
          envFrom:
            {{- if .environment }}
            - configMapRef:
                name: {{ $name }}
            {{- end }}
            {{- range .secrets }}
            - secretRef:
                name: {{ . }}
            {{- end }}
          {{- end }}
          {{- with .env }}
          env:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .ports }}
          ports:
            {{- range $port, $number := . }}
            - name: {{ $port }}
              containerPort: {{ int $number }}
              protocol: TCP
            {{- end }}
          {{- end }}
          {{- with $values.livenessProbe }}
          livenessProbe:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $values.readinessProbe }}
          readinessProbe:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with $values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- if or .configMaps $values.volumeMounts }}
          volumeMounts:
            {{- range $map, $path := .configMaps }}
            - name: {{ $map }}
              mountPath: {{ $path }}
              readOnly: true
            {{- end }}
            {{- with $values.volumeMounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          {{- end }}
        {{- with .sidecars }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if or .configMaps $values.volumes }}
      volumes:
        {{- range $map, $_ := .configMaps }}
        - name: {{ $map }}
          configMap:
            name: {{ $map }}
        {{- end }}
        {{- with $values.volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- with $values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- if ($values.autoscaling).enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $name }}
  namespace: {{ $top.Release.Namespace }}
  labels:
    {{- toYaml $labels | nindent 4 }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ $name }}
  minReplicas: {{ $values.autoscaling.minReplicas | default 1 }}
  maxReplicas: {{ $values.autoscaling.maxReplicas | default 100 }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $values.autoscaling.targetCPUUtilizationPercentage | default 80 }}
{{- end }}
{{- end -}}
