using System.Threading.Channels;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Pipeline;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Ingest.Host.Watch;

/// <summary>A tenant's outbox as a watcher reads it, with the decisions that its entries refer to.</summary>
internal sealed class DecisionFeedOutbox(OutboxReader reader, ServiceCallers callers, KeySpace keys)
{
    /// <summary>The cursor after everything that is there now.</summary>
    public async Task<WatchCursor> EndAsync(string tenant) => WatchCursor.After(await reader.EndsAsync(tenant));

    /// <summary>The cursor before everything that is kept.</summary>
    public async Task<WatchCursor> StartAsync(string tenant) => WatchCursor.After(await reader.StartsAsync(tenant));

    /// <summary>The next events of a shard after <paramref name="after"/>, oldest first, and whether there may be more.</summary>
    /// <returns>With each its number; no event where the decision was erased, which only moves the cursor.</returns>
    /// <exception cref="RpcException">RESYNC_REQUIRED when some of them are no longer kept.</exception>
    public async Task<(IReadOnlyList<(long Sequence, WatchDecisionsResponse? Event)> Events, bool More)> ReadAsync(
        string tenant, int shard, long after, CancellationToken cancellationToken)
    {
        var page = await reader.ReadAsync(tenant, shard, after);
        if (page.Missed > 0)
        {
            throw RpcErrors.Create(ErrorReason.ResyncRequired);
        }

        var events = await Task.WhenAll(page.Entries.Select(e => OutboxReader.WholeAsync(tenant, e.Event, e.DecisionId, JoinAsync, cancellationToken)));
        return ([.. page.Entries.Zip(events, (entry, happened) => (entry.Sequence, happened))], page.IsFull);
    }

    /// <summary>Refuses a cursor that lies beyond what was ever written: it is of another installation, or the store lost its end.</summary>
    public async Task RequireReachableAsync(string tenant, WatchCursor cursor)
    {
        var end = await EndAsync(tenant);
        for (var shard = 0; shard < keys.ShardCount; shard++)
        {
            if (cursor[shard] > end[shard])
            {
                throw RpcErrors.Create(ErrorReason.ResyncRequired);
            }
        }
    }

    /// <summary>Hears which shards have new events. Bells may be lost; whoever listens polls as well.</summary>
    public Task<IAsyncDisposable> ListenAsync(string tenant, ChannelWriter<int> shards)
        => reader.ListenAsync(tenant, shard => shards.TryWrite(shard));

    private async Task<Decision?> JoinAsync(string tenant, string decisionId, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await callers.Enforcement.GetDecisionAsync(
                new GetDecisionRequest { DecisionId = decisionId },
                new Metadata { { AccessInterceptor.TenantHeader, tenant } },
                cancellationToken: cancellationToken);
            return answer.Decision;
        }
        catch (RpcException gone) when (RpcErrors.ReasonOf(gone) is ErrorReason.DecisionNotFound or ErrorReason.DecisionArchived)
        {
            return null;
        }
    }
}
