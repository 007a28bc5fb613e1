using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Where a request names tenants: its <c>tenant_id</c> and <c>tenant_ids</c>, and those of the messages in it.</summary>
internal sealed class TenantFields
{
    public const string Name = "tenant_id";
    private const string ListName = "tenant_ids";
    private const int MaxDepth = 6;

    private readonly FieldDescriptor? _top;
    private readonly List<FieldDescriptor> _names = [];
    private readonly List<(FieldDescriptor Field, TenantFields Below)> _messages = [];

    private TenantFields(MessageDescriptor type, int depth)
    {
        _top = type.FindFieldByName(Name) is { FieldType: FieldType.String, IsRepeated: false } top ? top : null;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (field.FieldType == FieldType.String && field.Name is Name or ListName && !field.IsMap)
            {
                _names.Add(field);
            }
            else if (field.FieldType == FieldType.Message && !field.IsMap && depth > 0)
            {
                var below = new TenantFields(field.MessageType, depth - 1);
                if (below._names.Count > 0 || below._messages.Count > 0)
                {
                    _messages.Add((field, below));
                }
            }
        }
    }

    public static TenantFields Of(MessageDescriptor type) => new(type, MaxDepth);

    /// <summary>The request's own tenant: empty where it has the field and leaves it empty, null where it has no such field.</summary>
    public string? Named(IMessage request) => _top is null ? null : (string)_top.Accessor.GetValue(request);

    /// <summary>All tenants that the request names.</summary>
    public IEnumerable<string> In(IMessage request)
    {
        foreach (var field in _names)
        {
            foreach (var name in field.IsRepeated ? ((System.Collections.IEnumerable)field.Accessor.GetValue(request)).Cast<string>() : [(string)field.Accessor.GetValue(request)])
            {
                if (name.Length > 0)
                {
                    yield return name;
                }
            }
        }

        foreach (var (field, below) in _messages)
        {
            IEnumerable<IMessage> parts = field.IsRepeated
                ? ((System.Collections.IEnumerable)field.Accessor.GetValue(request)).Cast<IMessage>()
                : field.Accessor.GetValue(request) is IMessage part ? [part] : [];
            foreach (var name in parts.SelectMany(below.In))
            {
                yield return name;
            }
        }
    }
}
