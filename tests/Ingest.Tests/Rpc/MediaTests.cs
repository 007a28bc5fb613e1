using Google.Protobuf;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Errors;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Ingest.Tests.Rpc;

public sealed class MediaTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private static byte[] Picture(string name) => File.ReadAllBytes(Repository.PathOf("services", "dev-host", "SampleFeed", "pictures", name));

    private static async Task<UploadMediaResponse> UploadAsync(IngestService.IngestServiceClient ingest, byte[] bytes, int chunk = 4096)
    {
        using var call = ingest.UploadMedia(deadline: DateTime.UtcNow.AddSeconds(30));
        try
        {
            await call.RequestStream.WriteAsync(new UploadMediaRequest { Metadata = new UploadMediaMetadata() });
            for (var at = 0; at < bytes.Length; at += chunk)
            {
                await call.RequestStream.WriteAsync(new UploadMediaRequest { Chunk = ByteString.CopyFrom(bytes.AsSpan(at, Math.Min(chunk, bytes.Length - at))) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The server may answer before it has read all; the answer below says why.
        }

        return await call;
    }

    [Fact]
    public async Task UploadMedia_twice_is_one_medium_and_a_post_can_name_it()
    {
        var tenant = await suite.NewTenantAsync();
        var first = await UploadAsync(tenant.Ingest, Picture("bank-fraud.png"));
        Assert.Equal(first, await UploadAsync(tenant.Ingest, Picture("bank-fraud.png"), chunk: 100_000));
        var request = Posts.Submit("with-picture");
        request.Post.Media.Add(new Media { MediaId = first.MediaId });
        var answer = await tenant.Ingest.SubmitPostAsync(request);
        Assert.Equal(SignalStatus.Available, answer.Decision.MediaStatus);
    }

    [Fact]
    public async Task SubmitPost_with_a_picture_near_a_bank_entry_is_removed_with_its_statement()
    {
        var tenant = await suite.NewTenantAsync();
        var original = Picture("bank-fraud.png");
        var hashing = new MediaHashService.MediaHashServiceClient(suite.Suite.ConnectAsService("media-hash", "test"));
        using var call = hashing.HashMedia();
        await call.RequestStream.WriteAsync(new HashMediaRequest { Metadata = new HashMediaMetadata { TenantId = tenant.Tenant } });
        await call.RequestStream.WriteAsync(new HashMediaRequest { Chunk = ByteString.CopyFrom(original) });
        await call.RequestStream.CompleteAsync();
        var pdq = (await call).Fingerprints.Single(f => f.Kind == HashKind.Pdq);
        await suite.Banks.AddBankEntryAsync(new AddBankEntryRequest
        {
            Entry = new BankEntry { BankId = "test-fraud", EntryId = "e1", Category = HarmCategory.FraudSpam, Kind = HashKind.Pdq, Value = pdq.Value },
        });
        var request = Posts.Submit("flyer");
        request.Post.Media.Add(new Media { InlineContent = ByteString.CopyFrom(original) });
        var decision = (await tenant.Ingest.SubmitPostAsync(request)).Decision;
        Assert.Equal(MeasureKind.Remove, decision.Measures[0].Kind);
        Assert.Contains(decision.Reasons, r => r.Evidence.Any(e => e.MediaId.StartsWith("m_", StringComparison.Ordinal)));
        var statement = await tenant.Enforcement.GetStatementAsync(new GetStatementRequest { DecisionId = decision.DecisionId });
        Assert.NotEmpty(statement.Notice.Body);
        Assert.DoesNotContain("test-fraud", statement.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SubmitPost_again_after_its_fingerprints_are_gone_is_the_same_answer()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("again");
        request.Post.Media.Add(new Media { InlineContent = ByteString.CopyFrom(Picture("bank-emblem.png")) });
        var first = await tenant.Ingest.SubmitPostAsync(request);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(suite.Redis.ConnectionString);
        var medium = (await suite.KeysAsync()).Single(k => k.StartsWith("{f:" + tenant.Tenant, StringComparison.Ordinal));
        Assert.True(await redis.GetDatabase().KeyDeleteAsync(medium));
        Assert.Equal(first, await tenant.Ingest.SubmitPostAsync(request));
    }

    [Fact]
    public async Task SubmitPost_with_an_unknown_medium_is_refused_and_leaves_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("unknown-medium");
        request.Post.Media.Add(new Media { MediaId = "m_" + new string('a', 64) });
        await Posts.AssertFailsAsync(StatusCode.FailedPrecondition, ErrorReason.MediaNotFound, async () => await tenant.Ingest.SubmitPostAsync(request));
        Assert.DoesNotContain(await suite.KeysAsync(), k => k.Contains("unknown-medium", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UploadMedia_of_what_is_no_whole_picture_says_why_and_leaves_nothing()
    {
        var tenant = await suite.NewTenantAsync();
        var before = await suite.KeysAsync();
        await AssertRejectedAsync("TRUNCATED", tenant, Picture("bank-fraud.png")[..9000]);
        await AssertRejectedAsync("EMPTY", tenant, []);
        await AssertRejectedAsync("UNSUPPORTED_FORMAT", tenant, "<html>no picture</html>"u8.ToArray());
        Assert.Equal(before, await suite.KeysAsync());
    }

    [Fact]
    public async Task UploadMedia_of_more_than_the_limit_is_refused()
    {
        var tenant = await suite.NewTenantAsync();
        await AssertRejectedAsync("TOO_LARGE", tenant, new byte[21 * 1024 * 1024], chunk: 1024 * 1024);
    }

    private static async Task AssertRejectedAsync(string detail, TenantClients tenant, byte[] bytes, int chunk = 4096)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => UploadAsync(tenant.Ingest, bytes, chunk));
        Assert.Equal(ErrorReason.MediaRejected, RpcErrors.ReasonOf(failure));
        Assert.Equal(detail, failure.GetRpcStatus()!.GetDetail<Google.Rpc.ErrorInfo>()!.Metadata["detail"]);
    }
}
