using Google.Protobuf;
using Moderation.Contracts.V1;
using Moderation.Enforcement.Host.Decisions;
using Moderation.Enforcement.Host.Work;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>Tells every tenant when a rule stops acting: an event in its outbox, once, with an audit entry in its shard.</summary>
internal sealed class PolicyNews(PolicyStateStore store, PolicyLibrary library, ActionStore actions, KeySpace keys) : IWork
{
    private const int AtOnce = 50;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public string Name => "policy-news";

    public TimeSpan Interval => TimeSpan.FromSeconds(1);

    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        var told = await store.ToldAsync();
        if (await store.StateVersionAsync() <= told)
        {
            return false;
        }

        var changes = await store.ChangesAfterAsync(told, AtOnce);
        foreach (var record in changes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (record.Change.ToStage == PolicyStage.Suspended)
            {
                await TellAsync(record);
            }

            await store.SetToldAsync(record.Change.StateVersion);
        }

        return changes.Count == AtOnce;
    }

    private async Task TellAsync(PolicyChangeRecord record)
    {
        var (change, state) = (record.Change, record.After.State);
        var owner = (await store.FindVersionAsync(change.Version))?.Version.Author ?? "";
        var happened = new WatchDecisionsResponse
        {
            EventId = $"rule_suspended:{change.StateVersion}",
            RuleSuspended = new RuleSuspended
            {
                RuleId = change.RuleId,
                PolicyVersion = (await library.FindAsync(change.Version))?.Version ?? state.BaseName,
                SuspendTime = change.CreateTime,
                Owner = owner,
                Reason = change.Reason,
            },
        };
        foreach (var tenant in await store.TenantsAsync())
        {
            var shard = keys.ShardOfTenant(tenant);
            var key = KeySpace.RuleNews(shard, tenant);
            var action = new ActionRecorded
            {
                Action = "rule.suspended",
                ObjectId = change.RuleId,
                Actor = change.Actor,
                TenantId = tenant,
                ContentHash = ByteString.CopyFrom(System.Security.Cryptography.SHA256.HashData(change.ToByteArray())),
            };
            await actions.RecordAsync(
                shard, action, happened, [new CommitGuard("told", GuardKind.Equal, key, $"{change.StateVersion}", "")],
                [new CommitEffect("HSET", key, $"{change.StateVersion}", "1"), new CommitEffect("PEXPIRE", key, (long)Kept.TotalMilliseconds)]);
        }
    }
}
