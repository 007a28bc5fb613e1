using k8s.Models;

namespace Moderation.Manifests.Tests;

/// <summary>The edges that a render's network policies open, with each selector resolved against the render's own pods.</summary>
internal sealed class NetworkEdges(Manifest manifest)
{
    /// <summary>Lines "from -> to:port" that the receiving end admits.</summary>
    public SortedSet<string> Admitted { get; } = Sorted(
        from policy in manifest.All<V1NetworkPolicy>()
        from rule in policy.Spec.Ingress ?? []
        from to in Selected(manifest, policy.Spec.PodSelector)
        from peer in Peers(manifest, rule.FromProperty)
        from port in rule.Ports
        select $"{peer} -> {to}:{Describe(port)}");

    /// <summary>Lines "from -> to:port" that the sending end may open.</summary>
    public SortedSet<string> Opened { get; } = Sorted(
        from policy in manifest.All<V1NetworkPolicy>()
        from rule in policy.Spec.Egress ?? []
        from source in Selected(manifest, policy.Spec.PodSelector)
        from peer in Peers(manifest, rule.To)
        from port in rule.Ports
        select $"{source} -> {peer}:{Describe(port)}");

    private static SortedSet<string> Sorted(IEnumerable<string> lines) => new(lines, StringComparer.Ordinal);

    private static IEnumerable<string> Selected(Manifest manifest, V1LabelSelector selector) =>
        manifest.Pods.Where(pod => Manifest.Matches(selector.MatchLabels, pod.Labels)).Select(pod => Short(pod.Name));

    private static IEnumerable<string> Peers(Manifest manifest, IList<V1NetworkPolicyPeer>? peers) => peers is null or []
        ? ["anywhere"]
        : peers.SelectMany(peer => peer switch
        {
            { IpBlock: { } block } => [block.Cidr],
            { NamespaceSelector: { } space, PodSelector: { } pod } => [$"{Text(space)}/{Text(pod)}"],
            { NamespaceSelector: { } space } => [Text(space)],
            _ => Selected(manifest, peer.PodSelector),
        });

    private static string Text(V1LabelSelector selector) => selector.MatchLabels is null or { Count: 0 }
        ? "*"
        : string.Join(',', selector.MatchLabels.Select(pair => $"{pair.Key}={pair.Value}"));

    private static string Describe(V1NetworkPolicyPort port) => port.Protocol == "TCP" ? port.Port.Value : $"{port.Port.Value}/{port.Protocol}";

    private static string Short(string name) => name.Replace("platform-", "", StringComparison.Ordinal);
}
