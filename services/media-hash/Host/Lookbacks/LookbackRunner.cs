using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;
using Moderation.MediaHash.Banks;
using Moderation.MediaHash.Host.Banks;
using Moderation.ServiceDefaults.Redis;
using Moderation.ServiceDefaults.Telemetry;

namespace Moderation.MediaHash.Host.Lookbacks;

/// <summary>
/// Does look-backs, a part (the posts of a day in a shard) at a time, on the replica that holds the lease. A job's figures are stored with its
/// place after each part; a part that was broken off is done again, and review answers it with the tasks that are there.
/// </summary>
internal sealed partial class LookbackRunner(
    LookbackStore jobs, LeaseStore leases, LookbackWishes wishes, PostFingerprintStore posts, ReviewHandover review, BankFeedStore feed, BankCatalogue banks,
    KeySpace keys, IOptions<LookbackOptions> options, TimeProvider time, ILogger<LookbackRunner> logger)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly string _holder = Ulid.NewUlid().ToString();
    private (string JobId, LookbackMatcher Matcher)? _prepared;
    private DateTimeOffset _leaseRenewal;

    /// <summary>Does a part of what is to be done. Answers whether there is more to do now.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (!review.IsPossible || !feed.IsLoaded || !await TryRenewAsync())
            return false;
        if (await jobs.NextAsync() is not { } job)
            return await wishes.StartNotedAsync() is not null;
        if (await MatcherOfAsync(job.Lookback, cancellationToken) is not { } matcher)
            return false;
        if (job.Lookback.PartsDone < job.Lookback.PartCount && !await DoPartAsync(job, matcher, cancellationToken))
            return false;
        if (job.Lookback.State == LookbackState.Running && job.Lookback.PartsDone >= job.Lookback.PartCount)
            job.Lookback.State = LookbackState.Done;
        job.Lookback.UpdateTime = time.GetUtcNow().ToTimestamp();
        await jobs.SaveAsync(job);
        if (job.Lookback.State != LookbackState.Running)
        {
            _prepared = null;
            LogEnded(job.Lookback.LookbackId, job.Lookback.State, job.Lookback.PostsCompared, job.Lookback.TasksOpened);
        }
        return true;
    }

    // Null while the banks can't be read as they are now.
    private async Task<LookbackMatcher?> MatcherOfAsync(Lookback job, CancellationToken cancellationToken)
    {
        if (_prepared is { } prepared && prepared.JobId == job.LookbackId)
            return prepared.Matcher;
        if (!await feed.TryCatchUpAsync(cancellationToken))
            return null;
        var matcher = new LookbackMatcher(job, await wishes.EntriesOfAsync(job), banks);
        _prepared = (job.LookbackId, matcher);
        return matcher;
    }

    // False when the lease was lost.
    private async Task<bool> DoPartAsync(LookbackRecord record, LookbackMatcher matcher, CancellationToken cancellationToken)
    {
        var job = record.Lookback;
        var (day, shard) = (record.FirstDay - (job.PartsDone / keys.ShardCount), job.PartsDone % keys.ShardCount);
        await foreach (var page in posts.ReadAsync(shard, day).WithCancellation(cancellationToken))
        {
            if (!await TryRenewAsync())
                return false;
            var started = time.GetTimestamp();
            var now = time.GetUtcNow();
            var found = page.Select(row => new FoundRow(row, matcher.Match(row, now))).Where(row => row.Found is not null).ToList();
            job.PostsCompared += page.Count;
            job.PostsMatched += found.Count;
            ModerationMeter.LookbackCompared.Add(page.Count);
            if (!await HandOverAsync(job, found, day, cancellationToken))
            {
                job.State = LookbackState.Limited;
                return true;
            }
            await KeepPaceAsync(page.Count, time.GetElapsedTime(started), cancellationToken);
        }
        job.PartsDone++;
        return true;
    }

    // False when the job may open no more tasks.
    private async Task<bool> HandOverAsync(Lookback job, List<FoundRow> found, long day, CancellationToken cancellationToken)
    {
        for (var at = 0; at < found.Count;)
        {
            var left = job.MaxTasks - job.TasksOpened;
            if (left <= 0)
                return false;
            var chunk = found.GetRange(at, (int)Math.Min(Math.Min(MostAtOnce, left), found.Count - at));
            at += chunk.Count;
            try
            {
                var tasks = await review.OpenAsync(job.LookbackId, chunk.Select(row => row.Found!), cancellationToken); // only found ones are here
                foreach (var (row, task) in chunk.Zip(tasks))
                    await CountAsync(job, row.Post, day, task);
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.InvalidArgument)
            {
                // Tried again it would be refused again, and nothing behind it would ever be looked at.
                job.PostsPassed += chunk.Count;
                LogRefused(job.LookbackId, chunk.Count, refused.Status.Detail);
            }
        }
        return true;
    }

    private async Task CountAsync(Lookback job, FingerprintedPost post, long day, OpenedReviewTask task)
    {
        switch (task.Opening)
        {
            case ReviewTaskOpening.Opened:
                job.TasksOpened++;
                break;
            case ReviewTaskOpening.Joined:
                job.TasksJoined++;
                break;
            case ReviewTaskOpening.Superseded:
                job.PostsPassed++;
                await posts.ForgetAsync(post, day);
                break;
            default:
                job.PostsPassed++;
                break;
        }
    }

    private Task KeepPaceAsync(int compared, TimeSpan taken, CancellationToken cancellationToken)
    {
        var rest = TimeSpan.FromSeconds((double)compared / options.Value.PostsPerSecond) - taken;
        return rest > TimeSpan.FromMilliseconds(1) ? Task.Delay(rest, time, cancellationToken) : Task.CompletedTask;
    }

    private async Task<bool> TryRenewAsync()
    {
        var now = time.GetUtcNow();
        if (now < _leaseRenewal)
            return true;
        var isHeld = await leases.TakeAsync(KeySpace.LookbackLease, _holder, now, Lease);
        _leaseRenewal = isHeld ? now + (Lease / 4) : default;
        return isHeld;
    }

    private sealed record FoundRow(FingerprintedPost Post, FoundPost? Found);

    [LoggerMessage(LogLevel.Error, "Look-back {LookbackId}: enforcement refused {Count} posts: {Reason}")]
    private partial void LogRefused(string lookbackId, int count, string reason);

    [LoggerMessage(LogLevel.Information, "Look-back {LookbackId} ended {State}: {Compared} posts compared, {Opened} review tasks opened")]
    private partial void LogEnded(string lookbackId, LookbackState state, long compared, long opened);
}
