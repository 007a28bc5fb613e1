using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host;
using Moderation.MediaHash.Host;
using Moderation.MediaHash.Host.Lookbacks;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;

namespace Moderation.MediaHash.Tests.Lookbacks;

/// <summary>The whole suite, whose look-backs only go on when a test says so.</summary>
public sealed class LookbackSuite : SuiteFixture
{
    protected override IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>> Settings => new Dictionary<string, IReadOnlyDictionary<string, string?>>
    {
        [MediaHashHost.Name] = new Dictionary<string, string?>
        {
            ["MediaHash:Lookback:Work"] = "false",
            ["MediaHash:Lookback:GatherSeconds"] = "0",
        },
        [EnforcementHost.Name] = new Dictionary<string, string?> { ["Review:DoubleReviewShare"] = "0" },
    };

    public LookbackService.LookbackServiceClient Lookbacks => new(AsPerson(MediaHashHost.Name));

    public ReviewService.ReviewServiceClient Reviews => new(AsPerson(EnforcementHost.Name));

    public BulkService.BulkServiceClient Bulk => new(AsPerson(EnforcementHost.Name));

    public static byte[] Picture(string name) => File.ReadAllBytes(Repository.PathOf("services", "dev-host", "SampleFeed", "pictures", name));

    /// <summary>Submits a post with a picture and waits for its decision.</summary>
    public static async Task<Decision> SubmitAsync(TenantClients tenant, string post, byte[]? picture, long revision = 1)
    {
        var request = new SubmitPostRequest
        {
            Post = new Post { PostId = post, AccountId = "author-of-" + post, Revision = revision, Audience = Audience.Public, Text = "A quiet walk by the river." },
            Wait = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        };
        if (picture is not null)
            request.Post.Media.Add(new Media { InlineContent = ByteString.CopyFrom(picture) });
        using var watch = tenant.Ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = "0" }, deadline: DateTime.UtcNow.AddSeconds(120));
        if ((await tenant.Ingest.SubmitPostAsync(request, deadline: DateTime.UtcNow.AddSeconds(60))).Decision is { } decision)
            return decision;
        // A slow machine has answered that it is pending: its event says when it is decided.
        while (await watch.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (watch.ResponseStream.Current.Decided is { } decided && decided.PostId == post && decided.Revision == revision)
                return decided;
        }
        throw new InvalidOperationException("The stream of decisions has ended.");
    }

    /// <summary>Adds the PDQ hash of a picture to a bank.</summary>
    public async Task<BankEntry> AddAsync(string bank, string entry, byte[] picture, HarmCategory category = HarmCategory.FraudSpam, bool isNegative = false)
    {
        var hashing = new MediaHashService.MediaHashServiceClient(Suite.ConnectAsService(MediaHashHost.Name, "test"));
        using var call = hashing.HashMedia();
        await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = "hashing" } });
        await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = ByteString.CopyFrom(picture) });
        await call.RequestStream.CompleteAsync();
        var pdq = (await call).Fingerprints.Single(found => found.Kind == HashKind.Pdq);
        var added = await Banks.AddBankEntryAsync(new AddBankEntryRequest
        {
            Entry = new BankEntry { BankId = bank, EntryId = entry, Category = category, Kind = HashKind.Pdq, Value = pdq.Value, IsNegative = isNegative },
        });
        return added.Entry;
    }

    /// <summary>Does all look-backs that there are, and answers the latest.</summary>
    public async Task<Lookback> RunAsync()
    {
        await WorkAsync();
        return (await Lookbacks.ListLookbacksAsync(new ListLookbacksRequest { PageSize = 1 })).Lookbacks.Single();
    }

    public async Task WorkAsync()
    {
        var runner = Suite.Services(MediaHashHost.Name).GetRequiredService<LookbackRunner>();
        while (await runner.StepAsync(CancellationToken.None))
        {
        }
    }

    /// <summary>How many posts of an account have fingerprints kept.</summary>
    public async Task<int> CountKeptAsync(string tenant, string account)
    {
        var count = 0;
        var store = Suite.Services(MediaHashHost.Name).GetRequiredService<PostFingerprintStore>();
        await foreach (var _ in store.OfAccountAsync(tenant, account, DateTimeOffset.UtcNow))
            count++;
        return count;
    }

    /// <summary>The open tasks of a tenant in the general queue.</summary>
    public async Task<IReadOnlyList<ReviewTask>> TasksAsync(TenantClients tenant) =>
        [.. (await Reviews.ListReviewTasksAsync(new ListReviewTasksRequest { TenantId = tenant.Tenant })).Tasks];

    private Grpc.Core.CallInvoker AsPerson(string service) =>
        Suite.ConnectAsPerson(service, Suite.IssuePersonToken("lead@test", TimeSpan.FromHours(1)));
}
