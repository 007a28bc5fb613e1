using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>What others reported about the account's posts. Who reported is somebody else, so the export leaves their names out.</summary>
internal sealed class ReportHoldingStore(RedisConnectionStore redis) : IAccountHolding
{
    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "report";

    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken)
        => trail.Reports.ToAsyncEnumerable().Select(r => HeldRecord.Of(Kind, ForItsSubject(r)));

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var count = 0L;
        foreach (var report in trail.Reports)
        {
            var ulid = report.ReportId[(report.ReportId.LastIndexOf('_') + 1)..];
            await Database.SortedSetRemoveAsync(KeySpace.Reports(trail.Shard, trail.TenantId), ulid);
            await Database.KeyDeleteAsync(
            [
                KeySpace.ReportsOf(trail.Shard, trail.TenantId, report.PostId), KeySpace.ReportedBy(trail.Shard, trail.TenantId, report.PostId, report.ReporterId),
            ]);
            await Database.HashDeleteAsync(KeySpace.Waiting(trail.Shard, trail.TenantId, report.PostId), report.ReportId);
            count += await Database.KeyDeleteAsync(KeySpace.Report(trail.Shard, report.ReportId)) ? 1 : 0; // the last, because the rest is found by it
        }

        return new HoldingErased(count);
    }

    private static ReportRecord ForItsSubject(ReportRecord report)
    {
        var shown = report.Clone();
        (shown.ReporterId, shown.TrustedFlaggerId, shown.Explanation, shown.Nonce) = ("", "", "", Google.Protobuf.ByteString.Empty);
        return shown;
    }
}
