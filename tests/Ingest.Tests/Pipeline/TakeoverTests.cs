using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host;
using Moderation.Ingest.Host.Intake;
using Moderation.Ingest.Host.Pipeline;
using Moderation.ServiceDefaults.Redis;
using Moderation.Testing;
using StackExchange.Redis;
using Xunit;

namespace Moderation.Ingest.Tests.Pipeline;

/// <summary>What another replica left, in every way it can be left.</summary>
public sealed class TakeoverTests(SuiteFixture suite) : IClassFixture<SuiteFixture>
{
    private IServiceProvider Ingest => suite.Suite.Services(IngestHost.Name);

    private async Task<IntakeResult> LeaveAsync(string tenant, SubmitPostRequest request)
    {
        var store = Ingest.GetRequiredService<IntakeStore>();
        Assert.Equal(Binding.Created, await Ingest.GetRequiredService<PostOwnerStore>().BindAsync(tenant, request.Post.PostId, request.Post.AccountId));
        var record = new IntakeRecord { TenantId = tenant, Post = request.Post, IntakeTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch) };
        return await store.TakeInAsync(record, PostContent.Hash(request), "a-replica-that-died", firstSubmission: true);
    }

    [Fact]
    public async Task Post_that_a_dead_replica_took_in_is_decided_by_another()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("left");
        Assert.Equal(IntakeStatus.New, (await LeaveAsync(tenant.Tenant, request)).Status);
        await Ingest.GetRequiredService<AbandonedWorkSweeper>().SweepAsync();
        var answer = await tenant.Ingest.SubmitPostAsync(request);
        Assert.Equal(PostState.Decided, answer.State);
        Assert.Equal(PostState.Decided, (await tenant.Ingest.GetPostAsync(new GetPostRequest { PostId = "left" })).State);
    }

    [Fact]
    public async Task Post_that_died_between_its_decision_and_its_finish_keeps_its_decision()
    {
        var tenant = await suite.NewTenantAsync();
        var request = Posts.Submit("half-way");
        var decided = await tenant.Ingest.SubmitPostAsync(request);
        await using var redis = await ConnectionMultiplexer.ConnectAsync(suite.Redis.ConnectionString);
        var shard = new KeySpace(KeySpace.DefaultShardCount).ShardOf(tenant.Tenant, request.Post.AccountId);
        var record = new IntakeRecord { TenantId = tenant.Tenant, Post = request.Post, IntakeTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch) };
        var stream = KeySpace.Posts(shard);
        var entry = await redis.GetDatabase().StreamAddAsync(stream, "r", record.ToByteArray());
        await redis.GetDatabase().ExecuteAsync("XCLAIM", (RedisKey)stream, KeySpace.IntakeGroup, "another-that-died", 0, entry, "FORCE", "JUSTID", "LASTID", entry);

        await Ingest.GetRequiredService<AbandonedWorkSweeper>().SweepAsync();
        var work = Ingest.GetRequiredService<PostProcessor>().Find(shard, entry.ToString());
        if (work is not null)
        {
            await work;
        }

        Assert.Equal(decided, await tenant.Ingest.SubmitPostAsync(request));
        Assert.Empty(await redis.GetDatabase().StreamRangeAsync(stream, entry, entry));
    }
}
