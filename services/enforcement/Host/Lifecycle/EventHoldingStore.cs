using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Moderation.Contracts.V1;
using Moderation.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Moderation.Enforcement.Host.Lifecycle;

/// <summary>Events of the outbox that name the account. Their places stay, so that cursors stay good; what they told goes.</summary>
internal sealed class EventHoldingStore(RedisConnectionStore redis) : IAccountHolding
{
    private const int Page = 1000;
    private const int Deepest = 8;
    private static readonly EmbeddedScript Rewrite = EmbeddedScript.Load(typeof(EventHoldingStore).Assembly, "rewrite_outbox.lua");

    private IDatabase Database => redis.Multiplexer.GetDatabase();

    public string Kind => "event";

    // What events tell is told by the records that they are about.
    public IAsyncEnumerable<HeldRecord> ReadAsync(AccountTrail trail, CancellationToken cancellationToken) => AsyncEnumerable.Empty<HeldRecord>();

    public async Task<HoldingErased> EraseAsync(AccountTrail trail)
    {
        var key = KeySpace.Outbox(trail.Shard, trail.TenantId);
        var arguments = new List<RedisValue>();
        RedisValue from = "-";
        for (var full = true; full;)
        {
            var rows = await Database.StreamRangeAsync(key, from, "+", Page);
            foreach (var row in rows)
            {
                if ((byte[]?)row[OutboxReader.EventField] is { } bytes && WatchDecisionsResponse.Parser.ParseFrom(bytes) is var happened && Names(happened, trail.AccountId, Deepest))
                {
                    arguments.Add(row.Id);
                    arguments.Add(new WatchDecisionsResponse { EventId = happened.EventId, Erased = new EventErased() }.ToByteArray());
                }
            }

            full = rows.Length == Page;
            from = full ? $"({rows[^1].Id}" : from;
        }

        return new HoldingErased(arguments.Count == 0 ? 0 : (long)await Rewrite.RunAsync(Database, [key], [.. arguments]));
    }

    /// <summary>Whether an event names an account, wherever it may stand in it.</summary>
    internal static bool Names(IMessage message, string account, int deepest)
    {
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder().Where(f => !f.IsMap))
        {
            var value = field.Accessor.GetValue(message);
            var values = field.IsRepeated ? ((IList)value).Cast<object>() : value is null ? [] : [value];
            if (field.FieldType == FieldType.String ? field.Name == "account_id" && values.Contains(account)
                : field.FieldType == FieldType.Message && deepest > 0 && values.Cast<IMessage>().Any(m => Names(m, account, deepest - 1)))
            {
                return true;
            }
        }

        return false;
    }
}
