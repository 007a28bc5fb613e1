using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Delivery;

/// <summary>What delivery needs to know of an event, whatever its type; read by the names of its fields, so that a new type needs nothing here.</summary>
/// <param name="Type">Its type, such as <c>decided</c>: the field of the <c>event</c> oneof.</param>
/// <param name="AccountId">The account that it is about; empty for none.</param>
/// <param name="PostId">The post that it is about; empty for none.</param>
/// <param name="Time">When it happened; null when it does not say.</param>
internal sealed record EventFacts(string Type, string AccountId, string PostId, DateTimeOffset? Time)
{
    /// <summary>Delivered to every endpoint, whatever its filter says.</summary>
    public const string ResyncType = "resync_required";

    private static readonly OneofDescriptor Event = WatchDecisionsResponse.Descriptor.Oneofs.Single(o => o.Name == "event");

    /// <summary>The types that a filter can name.</summary>
    public static FrozenSet<string> Types { get; } = Event.Fields.Select(f => f.Name).ToFrozenSet();

    public static EventFacts Of(WatchDecisionsResponse happened)
    {
        if (Event.Accessor.GetCaseFieldDescriptor(happened) is not { } field)
        {
            return new EventFacts("", "", "", null);
        }

        var body = (IMessage)field.Accessor.GetValue(happened);
        var times = body.Descriptor.Fields.InDeclarationOrder()
            .Where(f => f is { FieldType: FieldType.Message, IsRepeated: false } && f.MessageType.FullName == Timestamp.Descriptor.FullName)
            .Select(f => (Timestamp?)f.Accessor.GetValue(body)); // the first is when it happened: later ones are ends
        return new EventFacts(field.Name, Text(body, "account_id"), Text(body, "post_id"), times.FirstOrDefault()?.ToDateTimeOffset());
    }

    private static string Text(IMessage body, string name)
        => body.Descriptor.FindFieldByName(name) is { FieldType: FieldType.String, IsRepeated: false } field ? (string)field.Accessor.GetValue(body) : "";
}
