using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;

namespace Moderation.ServiceDefaults.Audit;

/// <summary>
/// The record of what people change: policies, banks, lists, keys, roles. Sealed like the decisions. Call it once the change is made; whoever repeats
/// a change that was lost half-way appends again, which says what happened: it was asked for twice.
/// </summary>
public sealed class AdminAuditLedger(RedisConnectionStore redis, TimeProvider time)
{
    private static readonly EmbeddedScript Append = EmbeddedScript.Load(typeof(AdminAuditLedger).Assembly, "append_admin_audit.lua");

    /// <summary>Appends <paramref name="entry"/>; its time is set when it has none.</summary>
    /// <returns>Its number in the chain.</returns>
    /// <exception cref="ArgumentException">A field is not as the contract has it.</exception>
    public async Task<long> AppendAsync(AdminAuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (WhatIsWrong(entry) is { } wrong)
        {
            throw new ArgumentException(wrong, nameof(entry));
        }

        var stored = entry.Clone();
        stored.CreateTime ??= Timestamp.FromDateTimeOffset(time.GetUtcNow());
        return (long)await Append.RunAsync(
            redis.Multiplexer.GetDatabase(), [KeySpace.AdminAudit, KeySpace.AdminAuditSequence], [stored.ToByteArray()]);
    }

    private static string? WhatIsWrong(AdminAuditEntry entry)
        => entry.Actor.Length is 0 or > 200 ? "actor must be 1..200 characters"
            : entry.Action.Length is 0 or > 100 || !entry.Action.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-')
                ? "action must be 1..100 characters of a-z 0-9 . -"
            : entry.Object.Length is 0 or > 300 ? "object must be 1..300 characters"
            : entry.BeforeHash.Length is not (0 or 32) || entry.AfterHash.Length is not (0 or 32) ? "before_hash and after_hash must be empty or 32 bytes"
            : null;
}
