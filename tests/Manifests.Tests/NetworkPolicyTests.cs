using k8s.Models;

namespace Moderation.Manifests.Tests;

public sealed class NetworkPolicyTests(Renders renders)
{
    private const string Clients = "moderation-client=true";
    private const string Dns = "kubernetes.io/metadata.name=kube-system/k8s-app=kube-dns";
    private const string Prometheus = "kubernetes.io/metadata.name=monitoring";

    // Who calls whom. A new edge is a decision, so it is written here by hand and not read from the chart.
    private static readonly string[] Calls = [
        "ingest -> enforcement:8081", "ingest -> media-hash:8081", "ingest -> text-classify:8081",
        "media-hash -> enforcement:8081", // look-back opens review tasks
    ];
    private static readonly string[] Services = ["enforcement", "ingest", "media-hash", "text-classify"];

    public static TheoryData<string> Scenarios => [.. Repository.Scenarios];

    [Theory]
    [InlineData("minimal")]
    [InlineData("dev", "redis")]
    [InlineData("production")]
    public void Edges_admitted_equal_the_table(string scenario, string? redis = null)
    {
        string[] expected =
        [
            .. Calls,
            .. from client in new[] { "test", Clients } from service in new[] { "ingest", "enforcement", "text-classify" } from port in new[] { 8080, 8081 } select $"{client} -> {service}:{port}",
            .. from service in Services select $"{Prometheus} -> {service}:9090",
            .. from service in Services where redis is not null select $"{service} -> {redis}:6379",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), new NetworkEdges(renders.Load(scenario)).Admitted);
    }

    [Theory]
    [InlineData("minimal", "anywhere:6379")]
    [InlineData("dev", "redis:6379")]
    [InlineData("production", "kubernetes.io/metadata.name=redis:6379", "kubernetes.io/metadata.name=redis:26379", "kubernetes.io/metadata.name=observability:4317")]
    public void Edges_opened_equal_the_table(string scenario, params string[] everyService)
    {
        string[] expected =
        [
            .. Calls,
            .. from port in scenario == "production" ? (string[])["443"] : [] select $"enforcement -> anywhere:{port}", // webhooks
            .. scenario == "production" ? (string[])["media-hash -> anywhere:443"] : [], // the source of a hash list
            .. from service in Services from target in (string[])[$"{Dns}:53", $"{Dns}:53/UDP", .. everyService] select $"{service} -> {target}",
        ];

        Assert.Equal(expected.Order(StringComparer.Ordinal), new NetworkEdges(renders.Load(scenario)).Opened);
    }

    [Fact]
    public async Task Caller_added_in_values_opens_both_ends_and_learns_the_address()
    {
        var before = new NetworkEdges(renders.Load("minimal"));
        var after = new Manifest((await renders.TemplateAsync("minimal", "--set", "services.enforcement.callers={ingest,media-hash,clients,text-classify}")).RequireSuccess());
        var edges = new NetworkEdges(after);

        Assert.Equal(["text-classify -> enforcement:8081"], edges.Admitted.Except(before.Admitted));
        Assert.Equal(["text-classify -> enforcement:8081"], edges.Opened.Except(before.Opened));
        Assert.Equal("dns:///platform-enforcement:8081", after.Named<V1ConfigMap>("platform-text-classify").Data["Services__Enforcement"]);
    }

    [Fact]
    public async Task Webhooks_switched_on_open_one_edge_and_bring_their_key()
    {
        var before = new NetworkEdges(renders.Load("dev"));
        var after = new Manifest((await renders.TemplateAsync(
            "dev", "--set", "delivery.webhooks.enabled=true", "--set", "delivery.webhooks.peers[0].ipBlock.cidr=10.1.0.0/16", "--set", "delivery.webhooks.ports={8443}")).RequireSuccess());
        var edges = new NetworkEdges(after);

        Assert.Equal(["enforcement -> 10.1.0.0/16:8443"], edges.Opened.Except(before.Opened));
        Assert.Equal(before.Admitted, edges.Admitted);
        Assert.Equal("true", after.Named<V1ConfigMap>("platform-enforcement").Data["Delivery__Webhooks__Enabled"]);
        Assert.Contains("delivery.key", after.Named<V1Secret>("platform-keys").Data.Keys);
        var withKey = after.All<V1Deployment>().Where(d => d.Spec.Template.Spec.Volumes.Any(v => v.Projected?.Sources.Any(s => s.Secret.Items.Any(i => i.Path == "delivery.key")) == true));
        Assert.Equal("platform-enforcement", Assert.Single(withKey).Metadata.Name);
    }

    [Fact]
    public async Task Hash_lists_at_an_address_open_one_edge_and_those_in_a_directory_none()
    {
        var before = new NetworkEdges(renders.Load("minimal"));
        string[] source = ["--set", "mediaHash.pull.sources[0].name=a,mediaHash.pull.sources[0].bank=b,mediaHash.pull.sources[0].category=Hate"];
        string[] limits = ["--set", "mediaHash.pull.peers[0].ipBlock.cidr=10.2.0.0/16", "--set", "mediaHash.pull.ports={8443}"];
        var address = new Manifest((await renders.TemplateAsync(
            "minimal", [.. source, .. limits, "--set", "mediaHash.pull.sources[0].location=https://lists.example/a.csv"])).RequireSuccess());
        var directory = new Manifest((await renders.TemplateAsync(
            "minimal", [.. source, .. limits, "--set", "mediaHash.pull.claim=lists,mediaHash.pull.sources[0].location=/var/lib/moderation/hash-lists/a"])).RequireSuccess());

        Assert.Equal(["media-hash -> 10.2.0.0/16:8443"], new NetworkEdges(address).Opened.Except(before.Opened));
        Assert.Equal(before.Admitted, new NetworkEdges(address).Admitted);
        Assert.Equal(before.Opened, new NetworkEdges(directory).Opened);
    }

    [Fact]
    public async Task Dapr_switched_on_gives_a_sidecar_to_the_pods_that_need_one_and_opens_its_edges()
    {
        var before = new NetworkEdges(renders.Load("minimal"));
        var after = new Manifest((await renders.TemplateAsync(
            "minimal", "--set", "delivery.dapr.enabled=true,delivery.dapr.pubSub=broker,delivery.dapr.topic=decisions",
            "--set", "bridge.dapr.enabled=true,bridge.dapr.topics[0].pubSub=broker,bridge.dapr.topics[0].topic=posts,bridge.dapr.topics[0].tenantId=acme")).RequireSuccess());

        var opened = from service in (string[])["enforcement", "ingest"]
                     from port in (int[])[50001, 50005, 50006, 6500]
                     select $"{service} -> kubernetes.io/metadata.name=dapr-system:{port}";
        Assert.Equal(opened, new NetworkEdges(after).Opened.Except(before.Opened));
        var annotated = after.All<V1Deployment>().Where(d => d.Spec.Template.Metadata.Annotations.ContainsKey("dapr.io/enabled")).Select(d => d.Metadata.Name);
        Assert.Equal(["platform-enforcement", "platform-ingest"], annotated.Order(StringComparer.Ordinal));
        Assert.Equal("8082", after.Named<V1Deployment>("platform-ingest").Spec.Template.Metadata.Annotations["dapr.io/app-port"]);
        Assert.Equal("acme", after.Named<V1ConfigMap>("platform-ingest").Data["Bridge__Dapr__Topics__0__TenantId"]);
    }

    [Theory, MemberData(nameof(Scenarios))]
    public void Deny_all_selects_every_pod_of_the_release_and_allows_nothing(string scenario)
    {
        var manifest = renders.Load(scenario);
        var deny = manifest.Named<V1NetworkPolicy>("platform-deny-all").Spec;

        Assert.Null(deny.Ingress);
        Assert.Null(deny.Egress);
        Assert.Equal(["Ingress", "Egress"], deny.PolicyTypes);
        // The test pod stands outside, where a platform's backend does.
        Assert.All(
            manifest.Pods.Where(pod => pod.Name != "platform-test"),
            pod => Assert.True(Manifest.Matches(deny.PodSelector.MatchLabels, pod.Labels), pod.Name));
    }

    [Fact]
    public async Task Policies_switched_off_leave_none()
    {
        var manifest = new Manifest((await renders.TemplateAsync("dev", "--set", "networkPolicy.enabled=false")).RequireSuccess());

        Assert.Empty(manifest.All<V1NetworkPolicy>());
    }
}
