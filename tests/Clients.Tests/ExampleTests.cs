using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.Clients.Tests;

/// <summary>The programs that the README shows do what it says of them.</summary>
public sealed class ExampleTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const string Examples = "services/contracts/examples";

    private string Address(string service, EndpointKind kind) => suite.Suite.Address(service, kind).ToString().TrimEnd('/');

    private static Dictionary<string, string> With(TenantClients tenant) => new() { ["MODERATION_API_KEY"] = tenant.ApiKey };

    private static async Task<Decision> DecisionAsync(TenantClients tenant, string postId)
        => (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = postId })).Decision;

    [Fact]
    public async Task CSharp_example_prints_the_decision()
    {
        var tenant = await suite.NewTenantAsync();
        var output = (await ClientProgram.RunAsync(
            "dotnet", With(tenant), "run", $"{Examples}/submit.cs", Address(IngestHost.Name, EndpointKind.Grpc))).Require();
        var decision = await DecisionAsync(tenant, "from-csharp-1");
        Assert.StartsWith($"{decision.DecisionId} Measures\n", output, StringComparison.Ordinal);
        Assert.Contains($"by rule {decision.Measures[0].RuleId}\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_example_prints_the_decision()
    {
        await NodePackages.EnsureAsync(Examples);
        var tenant = await suite.NewTenantAsync();
        var address = suite.Suite.Address(IngestHost.Name, EndpointKind.Grpc).Authority;
        var output = (await ClientProgram.RunAsync("node", With(tenant), $"{Examples}/submit.mjs", address)).Require();
        var decision = await DecisionAsync(tenant, "from-node-1");
        Assert.StartsWith($"{decision.DecisionId} DECISION_OUTCOME_MEASURES\n", output, StringComparison.Ordinal);
        Assert.Contains($"by rule {decision.Measures[0].RuleId}\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_example_prints_the_statement()
    {
        var tenant = await suite.NewTenantAsync();
        var output = (await ClientProgram.RunAsync(
            Repository.PathOf(Examples, "submit.sh"), With(tenant),
            Address(IngestHost.Name, EndpointKind.Rest), Address(EnforcementHost.Name, EndpointKind.Rest))).Require().Split('\n');
        var decision = await DecisionAsync(tenant, "from-curl-1");
        Assert.Equal(decision.DecisionId, output[0]);
        Assert.Equal(decision.Statement, Google.Protobuf.JsonParser.Default.Parse<GetStatementResponse>(output[1]).Statement);
    }
}
