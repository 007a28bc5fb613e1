using System.Text.Json.Nodes;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.Clients.Tests;

/// <summary>The suite as a client in Node sees it, with @grpc/grpc-js.</summary>
public sealed class NodeClientTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const string Scripts = "tests/Clients.Tests/node";

    private async Task<ClientResult> RunAsync(string script, string apiKey, params string[] arguments)
    {
        await NodePackages.EnsureAsync(Scripts);
        var address = suite.Suite.Address(IngestHost.Name, EndpointKind.Grpc).Authority;
        var environment = new Dictionary<string, string> { ["MODERATION_API_KEY"] = apiKey };
        return await ClientProgram.RunAsync("node", environment, [$"{Scripts}/{script}", address, .. arguments]);
    }

    // The parser of C# takes the JSON only if it is proto3 JSON of this very message: 64-bit numbers, enums and times included.
    private static GetPostResponse Parse(JsonNode? post) => JsonParser.Default.Parse<GetPostResponse>(post!.ToJsonString()); // absent: the test fails here

    [Fact]
    public async Task SubmitPost_with_the_proto_files_reads_the_decision_that_CSharp_reads()
    {
        var tenant = await suite.NewTenantAsync();
        var output = JsonNode.Parse((await RunAsync("submit-and-read.mjs", tenant.ApiKey, "from-protos")).Require());
        var read = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "from-protos" });
        Assert.Equal(DecisionOutcome.Measures, read.Decision.Outcome);
        Assert.Equal(read, Parse(output));
        Assert.Equal("DECISION_OUTCOME_MEASURES", (string?)output!["decision"]!["outcome"]);
    }

    [Fact]
    public async Task SubmitPost_with_reflection_alone_reads_the_decision_that_CSharp_reads()
    {
        var tenant = await suite.NewTenantAsync();
        var output = JsonNode.Parse((await RunAsync("reflect.mjs", tenant.ApiKey, "from-reflection")).Require())!; // "null" is never printed
        var read = await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "from-reflection" });
        Assert.Equal(DecisionOutcome.Measures, read.Decision.Outcome);
        Assert.Equal(read, Parse(output["post"]));
        Assert.Contains("moderation.ingest.v1.IngestService", output["services"]!.AsArray().Select(s => (string?)s));
    }

    [Fact]
    public async Task SubmitPost_with_the_highest_revision_keeps_every_digit()
    {
        var tenant = await suite.NewTenantAsync();
        var output = JsonNode.Parse((await RunAsync("submit-and-read.mjs", tenant.ApiKey, "high-revision", "9007199254740991")).Require());
        Assert.Equal("9007199254740991", output!["revision"]!.GetValue<string>());
        Assert.Equal(9007199254740991, Parse(output).Decision.Revision);
    }

    [Fact]
    public async Task SubmitPost_with_a_wrong_key_is_UNAUTHENTICATED_with_its_ErrorInfo()
    {
        var status = JsonNode.Parse((await RunAsync("submit-and-read.mjs", "mk_nobody_0123", "wrong-key")).Require(exitCode: 1))!; // as above
        Assert.Equal("UNAUTHENTICATED", (string?)status["code"]);
        var info = Assert.Single(status["details"]!.AsArray())!; // an entry of details is an object
        Assert.Equal("google.rpc.ErrorInfo", (string?)info["@type"]);
        Assert.Equal("moderation", (string?)info["domain"]);
        Assert.Equal("UNAUTHENTICATED", (string?)info["reason"]);
        Assert.Equal("an API key in x-api-key", (string?)info["metadata"]!["expected"]);
    }

    [Fact]
    public async Task SubmitPost_with_wrong_fields_is_INVALID_ARGUMENT_with_each_of_them()
    {
        var tenant = await suite.NewTenantAsync();
        var result = await RunAsync("submit-and-read.mjs", tenant.ApiKey, "no/such/id", "9007199254740993");
        var status = JsonNode.Parse(result.Require(exitCode: 1))!; // as above
        Assert.Equal("INVALID_ARGUMENT", (string?)status["code"]);
        var details = status["details"]!.AsArray();
        Assert.Equal("INVALID_FIELDS", (string?)details[0]!["reason"]);
        Assert.Equal("google.rpc.BadRequest", (string?)details[1]!["@type"]);
        Assert.Equal(
            ["post.account_id", "post.post_id", "post.revision"],
            details[1]!["fieldViolations"]!.AsArray().Select(v => (string?)v!["field"]).Order(StringComparer.Ordinal));
    }
}
