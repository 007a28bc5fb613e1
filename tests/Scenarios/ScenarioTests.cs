using System.Text.Json.Nodes;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.DevHost;
using Moderation.Ingest.Host;
using Moderation.MediaHash.Host;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using Xunit;

namespace Moderation.Scenarios;

/// <summary>The suites that the scenarios run through: one whole, one whose media-hash can't be reached; both over one Redis.</summary>
public sealed class ScenarioFixture : IAsyncLifetime
{
    private const string Tenant = "scenarios";
    private readonly string _secrets = Directory.CreateTempSubdirectory("moderation-secrets-").FullName;
    private readonly List<IAsyncDisposable> _running = [];

    internal ScriptedTextClassify Texts { get; private set; } = null!; // set by InitializeAsync

    internal IngestService.IngestServiceClient Whole { get; private set; } = null!; // as above

    internal IngestService.IngestServiceClient WithoutMediaHash { get; private set; } = null!; // as above

    public async ValueTask InitializeAsync()
    {
        var redis = await RedisServer.StartAsync();
        _running.Add(redis);
        Texts = await ScriptedTextClassify.StartAsync();
        _running.Add(Texts);
        var whole = await StartAsync(redis, new HashSet<string> { "text-classify" });
        var broken = await StartAsync(redis, new HashSet<string> { "text-classify", MediaHashHost.Name });
        var key = await whole.CreateApiKeyAsync(Tenant, Tenant);
        Whole = new IngestService.IngestServiceClient(whole.ConnectWithKey(IngestHost.Name, key));
        WithoutMediaHash = new IngestService.IngestServiceClient(broken.ConnectWithKey(IngestHost.Name, key));
        await SampleBanks.FillAsync(
            whole, Scenario.FeedDirectory, whole.IssuePersonToken("lead@scenarios", TimeSpan.FromHours(1)), TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_running))
        {
            await part.DisposeAsync();
        }

        Directory.Delete(_secrets, recursive: true);
    }

    private async Task<Suite> StartAsync(RedisServer redis, HashSet<string> without)
    {
        var suite = await Suite.StartAsync(new SuiteOptions
        {
            Redis = redis.ConnectionString,
            SecretsDirectory = _secrets,
            Without = without,
            Settings = new Dictionary<string, IReadOnlyDictionary<string, string?>>
            {
                [IngestHost.Name] = new Dictionary<string, string?> { ["Services:TextClassify"] = Texts.Address },
            },
        });
        _running.Add(suite);
        return suite;
    }
}

public sealed class ScenarioTests(ScenarioFixture fixture) : IClassFixture<ScenarioFixture>
{
    public static TheoryData<string> Names() => [.. Directory.GetDirectories(Scenario.Directory).Select(d => Path.GetFileName(d)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Scenario_comes_out_as_expected(string name)
    {
        var scenario = Scenario.Read(name);
        fixture.Texts.ByText[scenario.Text] = scenario;
        var actual = await SubmitAsync(scenario);
        if (Environment.GetEnvironmentVariable("ACCEPT") == "1")
        {
            scenario.Accept(actual);
        }

        Assert.Equal(scenario.Expected.ToJsonString(), actual.ToJsonString());
    }

    private async Task<JsonObject> SubmitAsync(Scenario scenario)
    {
        var request = new SubmitPostRequest
        {
            Post = scenario.ToPost(),
            Wait = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        };
        try
        {
            var ingest = fixture.Whole;
            if (scenario.Faulty("media"))
            {
                ingest = fixture.WithoutMediaHash;
                await UploadAsync(request.Post);
            }

            return Describe((await ingest.SubmitPostAsync(request)).Decision);
        }
        catch (RpcException refused)
        {
            return Describe(null, [], false, false, Scenario.Upper(RpcErrors.ReasonOf(refused)));
        }
    }

    // The pictures were uploaded while media-hash was there; it is gone when the post comes.
    private async Task UploadAsync(Post post)
    {
        foreach (var medium in post.Media)
        {
            using var call = fixture.Whole.UploadMedia();
            await call.RequestStream.WriteAsync(new UploadMediaRequest { Metadata = new UploadMediaMetadata() });
            await call.RequestStream.WriteAsync(new UploadMediaRequest { Chunk = medium.InlineContent });
            await call.RequestStream.CompleteAsync();
            medium.MediaId = (await call).MediaId;
        }
    }

    private static JsonObject Describe(Decision decision)
    {
        var verdict = decision.Outcome switch
        {
            DecisionOutcome.Measures => Scenario.Upper(decision.Measures[0].Kind),
            DecisionOutcome.ReviewOnly => "REVIEW",
            _ => "NONE",
        };
        var categories = decision.Measures.Select(m => Scenario.Upper(m.Category)).Distinct().Order(StringComparer.Ordinal);
        return Describe(verdict, categories, decision.Notice is not null, decision.Statement is not null, null);
    }

    private static JsonObject Describe(string? verdict, IEnumerable<string> categories, bool notice, bool statement, string? reason) => new()
    {
        ["verdict"] = verdict,
        ["categories"] = new JsonArray([.. categories.Select(c => (JsonNode)c)]),
        ["notice"] = notice,
        ["statement"] = statement,
        ["error_reason"] = reason,
    };
}
