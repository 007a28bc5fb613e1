using k8s.Models;

namespace Moderation.Manifests.Tests;

/// <summary>
/// The controls of Kubernetes' restricted Pod Security Standard (baseline included), and this project's own on top:
/// a read-only root, no service-account token, an image with a fixed tag, bounded memory.
/// Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/
/// </summary>
internal static class RestrictedProfile
{
    public static IEnumerable<string> Violations(V1PodSpec pod)
    {
        if (pod.HostNetwork == true || pod.HostPID == true || pod.HostIPC == true) yield return "shares a namespace of the host";
        if (pod.AutomountServiceAccountToken != false) yield return "mounts a service-account token";
        if (pod.SecurityContext?.Sysctls is { Count: > 0 }) yield return "sets sysctls";
        foreach (var volume in pod.Volumes ?? [])
        {
            var allowed = volume.ConfigMap is not null || volume.Csi is not null || volume.DownwardAPI is not null || volume.EmptyDir is not null
                || volume.Ephemeral is not null || volume.PersistentVolumeClaim is not null || volume.Projected is not null || volume.Secret is not null;
            if (!allowed) yield return $"volume {volume.Name}: its type is not among those allowed";
        }
        // An ephemeral container has a type of its own in the API; no manifest may bring one.
        if (pod.EphemeralContainers is { Count: > 0 }) yield return "brings an ephemeral container";
        foreach (var container in (pod.InitContainers ?? []).Concat(pod.Containers))
        {
            foreach (var violation in Violations(container, pod.SecurityContext)) yield return $"container {container.Name}: {violation}";
        }
    }

    private static IEnumerable<string> Violations(V1Container container, V1PodSecurityContext? pod)
    {
        var own = container.SecurityContext ?? new V1SecurityContext();
        if (own.Privileged == true) yield return "privileged";
        if (own.AllowPrivilegeEscalation != false) yield return "allowPrivilegeEscalation is not false";
        if (own.ReadOnlyRootFilesystem != true) yield return "readOnlyRootFilesystem is not true";
        if ((own.RunAsNonRoot ?? pod?.RunAsNonRoot) != true) yield return "runAsNonRoot is not true";
        if ((own.RunAsUser ?? pod?.RunAsUser) is null or 0) yield return "runAsUser is not set, or root";
        if (own.Capabilities?.Drop?.Contains("ALL") != true) yield return "capabilities.drop lacks ALL";
        if (own.Capabilities?.Add?.Any(added => added != "NET_BIND_SERVICE") == true) yield return "adds a capability";
        if ((own.SeccompProfile ?? pod?.SeccompProfile)?.Type is not ("RuntimeDefault" or "Localhost")) yield return "seccompProfile is not RuntimeDefault";
        if ((own.AppArmorProfile ?? pod?.AppArmorProfile)?.Type is "Unconfined") yield return "appArmorProfile is Unconfined";
        if (own.ProcMount is not (null or "Default")) yield return "procMount is not Default";
        if (container.Ports?.Any(port => port.HostPort is > 0) == true) yield return "takes a port of the host";
        if (container.Resources?.Limits?.ContainsKey("memory") != true) yield return "has no memory limit";
        var name = container.Image[(container.Image.LastIndexOf('/') + 1)..];
        if (!name.Contains(':', StringComparison.Ordinal) || name.EndsWith(":latest", StringComparison.Ordinal)) yield return "its image has no fixed tag";
    }
}
