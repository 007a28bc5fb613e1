using System.Text.Json;

namespace Moderation.Manifests.Tests;

/// <summary>Wrong values fail when the chart is rendered, with a message that says what would be right.</summary>
public sealed class ValuesTests(Renders renders)
{
    [Theory]
    [InlineData("replicaz=3", "replicaz")]
    [InlineData("services.ingest.replica=3", "replica")]
    [InlineData("services.ingset.replicas=3", "ingset")]
    [InlineData("services.media-hash.resources.limits.memroy=1Gi", "memroy")]
    [InlineData("defaults.autoscaling.targetCpu=50", "targetCpu")]
    [InlineData("redis.bundled.enable=true", "enable")]
    [InlineData("secrets.serviceToken.secret=x", "secret")]
    [InlineData("delivery.webhooks.enable=true", "enable")]
    [InlineData("mediaHash.pull.source[0].name=a", "source")]
    [InlineData("networkPolicy.dns[0].podSelektor.matchLabels.a=b", "podSelektor")]
    public async Task Key_that_the_schema_does_not_know_fails_and_is_named(string setting, string key)
    {
        var result = await renders.TemplateAsync("minimal", "--set", setting);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("values don't meet the specifications of the schema", result.Error, StringComparison.Ordinal);
        Assert.Contains(key, result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("redis.existingSecret=", "no Redis: set redis.existingSecret")]
    [InlineData("redis.bundled.enabled=true", "two Redis: redis.existingSecret")]
    [InlineData("secrets.serviceToken.existingSecret=", "no serviceToken key: set secrets.serviceToken.existingSecret")]
    [InlineData("secrets.peopleToken.existingSecret=", "no peopleToken key: set secrets.peopleToken.existingSecret")]
    [InlineData("secrets.auditKey.existingSecret=", "no auditKey: set secrets.auditKey.existingSecret")]
    [InlineData("delivery.webhooks.enabled=true", "no deliveryKey key: set secrets.deliveryKey.existingSecret")]
    [InlineData("identityProvider.issuer=https://login.example", "identityProvider.issuer needs identityProvider.audience")]
    [InlineData("delivery.dapr.enabled=true", "delivery.dapr.enabled needs delivery.dapr.pubSub")]
    [InlineData("mediaHash.snapshot.size=1Gi,mediaHash.snapshot.claim=c", "keep one of them")]
    [InlineData("mediaHash.pull.sources[0].name=a,mediaHash.pull.sources[0].bank=b,mediaHash.pull.sources[0].category=Hate,mediaHash.pull.sources[0].location=https://a.example/l.csv,mediaHash.pull.sources[0].publicKey=k.pem", "which needs mediaHash.pull.publicKeysConfigMap")]
    [InlineData("mediaHash.pull.sources[0].name=a,mediaHash.pull.sources[0].bank=b,mediaHash.pull.sources[0].category=Hate,mediaHash.pull.sources[0].location=/var/lib/moderation/hash-lists", "which needs mediaHash.pull.claim")]
    [InlineData("mediaHash.pull.sources[0].name=a,mediaHash.pull.sources[0].bank=b,mediaHash.pull.sources[0].category=Hate,mediaHash.pull.sources[0].location=http://a.example/l.csv", "location")]
    [InlineData("bridge.dapr.enabled=true", "bridge.dapr.enabled needs bridge.dapr.topics")]
    [InlineData("services.enforcement.callers={ingest,media-hsh}", "services.enforcement.callers names \"media-hsh\"")]
    [InlineData("services.ingest.preStopSeconds=50", "services.ingest: terminationGracePeriodSeconds is 60")]
    [InlineData("defaults.autoscaling.enabled=true,services.ingest.autoscaling.minReplicas=9", "autoscaling.minReplicas 9 is more than maxReplicas 8")]
    [InlineData("services.ingest.env.Sharding__Count=x", "env.Sharding__Count of ingest: the chart sets this variable itself")]
    public async Task Value_that_cannot_work_fails_with_what_would_be_right(string setting, string message)
    {
        var result = await renders.TemplateAsync("minimal", "--set", setting);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_an_identity_provider_are_mounted_where_every_service_looks_for_them()
    {
        var result = await renders.TemplateAsync(
            "minimal", "--set", "identityProvider.issuer=https://login.example,identityProvider.audience=moderation,identityProvider.jwksConfigMap=provider-keys");

        Assert.Equal(0, result.ExitCode);
        var services = result.Output.Split("kind: Deployment").Length - 1;
        Assert.True(services >= 4, $"{services} deployments");
        Assert.Equal(services, result.Output.Split("name: provider-keys").Length - 1);
        Assert.Equal(services, result.Output.Split("People__Jwt__JwksFile: /var/run/secrets/moderation/jwks.json").Length - 1);
    }

    [Fact]
    public async Task Release_name_too_long_for_a_service_fails_with_the_longest_that_fits()
    {
        var result = await renders.HelmAsync(
            "template", new string('a', 53), Repository.Chart, "--values", Repository.ScenarioValues("minimal"), "--kube-version", "1.33.0");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("choose a release name of at most", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Schema_allows_no_additional_property_in_any_object()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Chart, "values.schema.json")));

        var open = OpenObjects(schema.RootElement, "$").ToArray();

        Assert.Empty(open);
    }

    private static IEnumerable<string> OpenObjects(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object) yield break;
        var describesObject = element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("object");
        if (describesObject && !(element.TryGetProperty("additionalProperties", out var more) && more.ValueKind == JsonValueKind.False))
        {
            yield return path;
        }
        foreach (var open in element.EnumerateObject().SelectMany(property => OpenObjects(property.Value, $"{path}.{property.Name}")))
        {
            yield return open;
        }
    }
}
