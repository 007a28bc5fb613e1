using System.Threading.Channels;
using Grpc.Core;
using Moderation.Contracts.V1;
using Moderation.Ingest.Host.Watch;
using Moderation.ServiceDefaults.Auth;
using Moderation.ServiceDefaults.Errors;

namespace Moderation.Ingest.Host.Rpc;

internal sealed partial class IngestRpc
{
    // A bell may be lost; whatever it would have told is found by this at the latest.
    private static readonly TimeSpan WatchPoll = TimeSpan.FromSeconds(1);

    public override async Task WatchDecisions(
        WatchDecisionsRequest request, IServerStreamWriter<WatchDecisionsResponse> responseStream, ServerCallContext context)
    {
        var tenant = Caller.TenantOf(context);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var cancelled = end.Token;
        var rung = Channel.CreateUnbounded<int>();
        var bell = await outbox.ListenAsync(tenant, rung.Writer); // before the cursor is read, so that nothing falls between
        try
        {
            var cursor = await CursorAsync(tenant, request.Cursor);
            await context.WriteResponseHeadersAsync([]);
            var due = Enumerable.Range(0, keys.ShardCount).ToHashSet();
            var poll = new PollClock(time.GetTimestamp());
            while (true)
            {
                await SendAsync(tenant, due, cursor, responseStream, cancelled);
                due = await NextAsync(rung.Reader, poll, cancelled);
            }
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            // This replica stops: the watcher resumes at another with its cursor.
            throw RpcErrors.Create(ErrorReason.DependencyUnavailable, "This replica stops: watch again with the last cursor.", [], ("dependency", "ingest"));
        }
        finally
        {
            await bell.DisposeAsync();
        }
    }

    private async Task<WatchCursor> CursorAsync(string tenant, string text)
    {
        switch (text)
        {
            case "":
                return await outbox.EndAsync(tenant);
            case "0":
                return await outbox.StartAsync(tenant);
            default:
                if (!WatchCursor.TryParse(text, keys.ShardCount, out var cursor))
                {
                    throw RpcErrors.Create(
                        ErrorReason.InvalidFields, "cursor is malformed", [new FieldViolation("cursor", "must be empty, 0, or the cursor of an earlier event")]);
                }

                await outbox.RequireReachableAsync(tenant, cursor);
                return cursor;
        }
    }

    private async Task SendAsync(
        string tenant, HashSet<int> shards, WatchCursor cursor, IServerStreamWriter<WatchDecisionsResponse> stream, CancellationToken cancellationToken)
    {
        while (shards.Count > 0)
        {
            var pages = await Task.WhenAll(shards.Select(async s => (Shard: s, Page: await outbox.ReadAsync(tenant, s, cursor[s], cancellationToken))));
            foreach (var (shard, page) in pages)
            {
                foreach (var (sequence, happened) in page.Events)
                {
                    cursor[shard] = sequence;
                    if (happened is not null)
                    {
                        happened.Cursor = cursor.ToString();
                        await stream.WriteAsync(happened, cancellationToken);
                    }
                }

                if (!page.More)
                {
                    shards.Remove(shard);
                }
            }
        }
    }

    // Shards that rang, or all of them once the poll is due, however busy the bells are.
    private async Task<HashSet<int>> NextAsync(ChannelReader<int> rung, PollClock poll, CancellationToken cancellationToken)
    {
        var left = poll.Left(time);
        if (left > TimeSpan.Zero)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var timer = time.CreateTimer(_ => patience.Cancel(), null, left, Timeout.InfiniteTimeSpan);
            try
            {
                await rung.WaitToReadAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                left = TimeSpan.Zero;
            }
        }

        var due = new HashSet<int>();
        while (rung.TryRead(out var shard))
        {
            due.Add(shard);
        }

        if (left > TimeSpan.Zero)
        {
            return due;
        }

        poll.Restart(time);
        return [.. Enumerable.Range(0, keys.ShardCount)];
    }

    private sealed class PollClock(long started)
    {
        private long _started = started;

        public TimeSpan Left(TimeProvider time) => WatchPoll - time.GetElapsedTime(_started);

        public void Restart(TimeProvider time) => _started = time.GetTimestamp();
    }
}
