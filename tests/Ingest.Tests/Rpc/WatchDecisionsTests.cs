using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Ingest.Tests.Rpc;

public sealed class WatchDecisionsTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private static async Task<List<WatchDecisionsResponse>> TakeAsync(IngestService.IngestServiceClient ingest, string cursor, int count)
    {
        using var watch = ingest.WatchDecisions(new WatchDecisionsRequest { Cursor = cursor }, deadline: DateTime.UtcNow.AddSeconds(30));
        var events = new List<WatchDecisionsResponse>();
        while (events.Count < count && await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
        {
            events.Add(watch.ResponseStream.Current);
        }

        return events;
    }

    [Fact]
    public async Task WatchDecisions_from_zero_tells_everything_and_resumes_after_a_cursor()
    {
        var tenant = await suite.NewTenantAsync();
        for (var i = 0; i < 10; i++)
        {
            await tenant.Ingest.SubmitPostAsync(Posts.Submit($"p{i}"));
        }

        var all = await TakeAsync(tenant.Ingest, "0", 10);
        Assert.Equal(10, all.Select(e => e.Decided.PostId).Distinct().Count());
        var rest = await TakeAsync(tenant.Ingest, all[3].Cursor, 6);
        Assert.Equal(all.Skip(4).Select(e => e.EventId).Order(), rest.Select(e => e.EventId).Order());
    }

    [Fact]
    public async Task WatchDecisions_from_now_tells_what_happens_next_in_order_of_the_account()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("before"));
        using var watch = tenant.Ingest.WatchDecisions(new WatchDecisionsRequest(), deadline: DateTime.UtcNow.AddSeconds(30));
        await watch.ResponseHeadersAsync;
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("after"));
        await tenant.Ingest.WithdrawPostAsync(new WithdrawPostRequest { PostId = "after" });
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("after", watch.ResponseStream.Current.Decided.PostId);
        Assert.True(await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("after", watch.ResponseStream.Current.Withdrawn.PostId);
    }

    [Fact]
    public async Task WatchDecisions_after_what_is_no_longer_kept_says_resync()
    {
        var tenant = await suite.NewTenantAsync();
        await tenant.Ingest.SubmitPostAsync(Posts.Submit("p1"));
        var cursor = (await TakeAsync(tenant.Ingest, "0", 1))[0].Cursor;
        for (var revision = 2; revision <= 4; revision++)
        {
            var edit = Posts.Submit("p1", $"Edit {revision}.");
            edit.Post.Revision = revision;
            await tenant.Ingest.SubmitPostAsync(edit);
        }

        await using var redis = await ConnectionMultiplexer.ConnectAsync(suite.Redis.ConnectionString);
        var shard = new KeySpace(KeySpace.DefaultShardCount).ShardOf(tenant.Tenant, "author-of-p1");
        await redis.GetDatabase().StreamTrimAsync(KeySpace.Outbox(shard, tenant.Tenant), 1);
        await Posts.AssertFailsAsync(StatusCode.OutOfRange, ErrorReason.ResyncRequired, () => TakeAsync(tenant.Ingest, cursor, 1));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AQ")]
    public async Task WatchDecisions_with_a_malformed_cursor_is_refused(string cursor)
    {
        var tenant = await suite.NewTenantAsync();
        await Posts.AssertFailsAsync(StatusCode.InvalidArgument, ErrorReason.InvalidFields, () => TakeAsync(tenant.Ingest, cursor, 1));
    }
}
