using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.ChildSafety;

/// <summary>Preservation records: written by the commit of their decision, read here, each read in the audit first.</summary>
internal sealed class PreservationStore(
    RedisConnectionStore redis, KeySpace keys, RecordIndexStore index, ActionStore actions, TextSealer sealer, TimeProvider time)
{
    private static readonly EmbeddedScript Claim = EmbeddedScript.Load(typeof(PreservationStore).Assembly, "claim_report.lua");
    private const string State = "s";
    private const string EndedBefore = "ended";
    private const int MostAtOnce = 10;

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    /// <summary>A record whose time is not over, or null.</summary>
    public async Task<PreservationRecord?> FindAsync(string preservationId)
    {
        if (keys.ShardOfId(preservationId, 'p') is not { } shard)
        {
            return null;
        }

        var row = await Database.HashGetAsync(KeySpace.Preservation(shard, preservationId), ["r", State, "n", "t", "e"]);
        if (row[0].IsNull)
        {
            return null;
        }

        var record = PreservationRecord.Parser.ParseFrom((byte[])row[0]!); // looked at above
        var told = record.Preservation;
        told.ReportState = (AuthorityReportState)(int)row[1];
        told.ReportAttempts = row[2].IsNull ? 0 : (int)row[2];
        told.ReportTime = row[3].IsNull ? null : Timestamp.FromDateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds((long)row[3]));
        told.ReportFailure = row[4].ToString();
        if (told.TextState == PreservedTextState.Encrypted && !record.KeyMark.Span.SequenceEqual(sealer.Mark))
        {
            told.TextState = PreservedTextState.Unreadable;
        }

        return told.ExpireTime.ToDateTimeOffset() > time.GetUtcNow() ? record : null;
    }

    /// <summary>A page of a tenant's records, newest first.</summary>
    public async Task<(IReadOnlyList<PreservationRecord> Records, string NextToken)> ListAsync(string tenant, string token, int size)
    {
        var page = await index.PageAsync('p', index.Everywhere, s => KeySpace.Preservations(s, tenant), token, size);
        var records = await Task.WhenAll(page.Ids.Select(FindAsync));
        return ([.. records.OfType<PreservationRecord>()], RecordIndexStore.TokenOf(page));
    }

    /// <summary>Puts a read into the audit. Without that, nothing is shown.</summary>
    public Task NoteReadAsync(string tenant, string action, string objectId, string person)
    {
        var shard = keys.ShardOfId(objectId, 'p') ?? keys.ShardOfTenant(tenant);
        var read = new ActionRecorded { Action = action, ObjectId = objectId, Actor = person, TenantId = tenant };
        return actions.RecordAsync(shard, read, null, [], []);
    }

    /// <summary>Reports that are to be tried now, each claimed for a while so that replicas do not send it twice at once.</summary>
    public async Task<IReadOnlyList<string>> ClaimDueAsync(TimeSpan claim)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        RedisValue[] arguments = [now, now + (long)claim.TotalMilliseconds, MostAtOnce];
        var found = await Task.WhenAll(index.Everywhere.Select(s => Claim.RunAsync(Database, [KeySpace.AuthorityReports(s)], arguments)));
        return [.. found.SelectMany(f => (RedisResult[])f!).Select(r => r.ToString())]; // always an array
    }

    /// <summary>Records that an attempt failed and when to try again.</summary>
    public async Task FailAsync(string preservationId, int attempts, string failure, DateTimeOffset next)
    {
        var shard = ShardOf(preservationId);
        var transaction = Database.CreateTransaction();
        _ = transaction.HashSetAsync(
            KeySpace.Preservation(shard, preservationId),
            [new HashEntry(State, (int)AuthorityReportState.Failing), new HashEntry("n", attempts), new HashEntry("e", failure)]);
        _ = transaction.SortedSetAddAsync(KeySpace.AuthorityReports(shard), preservationId, next.ToUnixTimeMilliseconds());
        await transaction.ExecuteAsync();
    }

    /// <summary>Records, in the audit too, that the receiver took a report, or that it is not to be sent any more.</summary>
    public Task EndAsync(Preservation preservation, AuthorityReportState state, int attempts)
    {
        var shard = ShardOf(preservation.PreservationId);
        var key = KeySpace.Preservation(shard, preservation.PreservationId);
        var action = new ActionRecorded
        {
            Action = state == AuthorityReportState.Sent ? "authority_report.sent" : "authority_report.cancelled",
            ObjectId = preservation.PreservationId,
            Actor = "enforcement",
            TenantId = preservation.TenantId,
        };
        return actions.RecordAsync(
            shard, action, null,
            [
                new(EndedBefore, GuardKind.NotEqual, key, State, (int)AuthorityReportState.Sent),
                new(EndedBefore, GuardKind.NotEqual, key, State, (int)AuthorityReportState.Cancelled),
            ],
            [
                new("HSET", key, State, (int)state, "n", attempts, "t", time.GetUtcNow().ToUnixTimeMilliseconds()),
                new("HDEL", key, "e"),
                new("ZREM", KeySpace.AuthorityReports(shard), preservation.PreservationId),
            ]);
    }

    /// <summary>Takes a report whose record is over off the list.</summary>
    public Task DropAsync(string preservationId) => Database.SortedSetRemoveAsync(KeySpace.AuthorityReports(ShardOf(preservationId)), preservationId);

    private int ShardOf(string preservationId) => keys.ShardOfId(preservationId, 'p') ?? 0; // minted here
}
