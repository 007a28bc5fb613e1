using System.Text.Json.Nodes;
using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.Ingest.Host;
using Moderation.ServiceDefaults.Hosting;
using Moderation.Testing;
using Xunit;

namespace Moderation.Clients.Tests;

/// <summary>The suite over REST, as the real curl sees it.</summary>
public sealed class CurlTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private const string Spam = """
        {"post":{"postId":"p1","accountId":"a1","audience":"AUDIENCE_PUBLIC","text":"You won a prize! Claim your free $1000 now: http://prize.example"},"wait":"10s"}
        """;

    private async Task<(int Status, string Body)> CurlAsync(string service, string path, string apiKey, params string[] arguments)
    {
        var url = new Uri(suite.Suite.Address(service, EndpointKind.Rest), path).ToString();
        var output = (await ClientProgram.RunAsync(
            "curl", new Dictionary<string, string>(), ["-sS", "-w", "\n%{http_code}", "-H", "x-api-key: " + apiKey, .. arguments, url])).Require();
        var end = output.LastIndexOf('\n');
        return (int.Parse(output[(end + 1)..], System.Globalization.CultureInfo.InvariantCulture), output[..end]);
    }

    private async Task<T> CurlAsync<T>(string service, string path, string apiKey, params string[] arguments)
        where T : IMessage, new()
    {
        var (status, body) = await CurlAsync(service, path, apiKey, arguments);
        Assert.True(status == 200, $"{status}: {body}");
        return JsonParser.Default.Parse<T>(body);
    }

    [Fact]
    public async Task Post_submitted_and_read_is_what_gRPC_reads()
    {
        var tenant = await suite.NewTenantAsync();
        var submitted = await CurlAsync<SubmitPostResponse>(
            IngestHost.Name, "v1/posts", tenant.ApiKey, "-H", "content-type: application/json", "-d", Spam);
        Assert.Equal(DecisionOutcome.Measures, submitted.Decision.Outcome);
        var read = await CurlAsync<GetPostResponse>(IngestHost.Name, "v1/posts/p1", tenant.ApiKey);
        Assert.Equal(submitted.Decision, read.Decision);
        Assert.Equal(await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "p1" }), read);
    }

    [Fact]
    public async Task Statement_is_what_gRPC_reads()
    {
        var tenant = await suite.NewTenantAsync();
        var submitted = await CurlAsync<SubmitPostResponse>(
            IngestHost.Name, "v1/posts", tenant.ApiKey, "-H", "content-type: application/json", "-d", Spam);
        var id = submitted.Decision.DecisionId;
        var statement = await CurlAsync<GetStatementResponse>(EnforcementHost.Name, $"v1/decisions/{id}/statement", tenant.ApiKey);
        Assert.NotEmpty(statement.Statement.Items);
        Assert.Equal(await tenant.Enforcement.GetStatementAsync(new GetStatementRequest { DecisionId = id }), statement);
    }

    [Fact]
    public async Task Picture_uploaded_as_multipart_can_be_named_by_a_post()
    {
        var tenant = await suite.NewTenantAsync();
        var picture = Repository.PathOf("services", "dev-host", "SampleFeed", "pictures", "benign-bay.png");
        var uploaded = await CurlAsync<UploadMediaResponse>(IngestHost.Name, "v1/media", tenant.ApiKey, "-F", "file=@" + picture);
        Assert.Equal(new FileInfo(picture).Length, uploaded.ByteCount);
        var submitted = await CurlAsync<SubmitPostResponse>(
            IngestHost.Name, "v1/posts", tenant.ApiKey, "-H", "content-type: application/json",
            "-d", $$"""{"post":{"postId":"p2","accountId":"a1","audience":"AUDIENCE_PUBLIC","media":[{"mediaId":"{{uploaded.MediaId}}"}]},"wait":"10s"}""");
        Assert.Equal(SignalStatus.Available, submitted.Decision.MediaStatus);
    }

    [Fact]
    public async Task Policy_is_what_gRPC_reads()
    {
        var tenant = await suite.NewTenantAsync();
        var policy = await CurlAsync<GetPolicyResponse>(EnforcementHost.Name, "v1/policy", tenant.ApiKey);
        Assert.NotEmpty(policy.Rules);
        Assert.Equal(await tenant.Enforcement.GetPolicyAsync(new GetPolicyRequest()), policy);
    }

    [Fact]
    public async Task Wrong_key_is_401_with_its_ErrorInfo()
    {
        var (status, body) = await CurlAsync(IngestHost.Name, "v1/posts/p1", "mk_nobody_0123");
        Assert.Equal(401, status);
        var info = JsonNode.Parse(body)!["details"]![0]!; // the contract: an error carries exactly one ErrorInfo, first
        Assert.Equal("UNAUTHENTICATED", (string?)info["reason"]);
        Assert.Equal("moderation", (string?)info["domain"]);
    }
}
