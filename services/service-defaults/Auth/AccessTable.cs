using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Who may call which RPC, read from the contract's descriptors.</summary>
public static class AccessTable
{
    /// <summary>Full method name, such as <c>/moderation.ingest.v1.IngestService/SubmitPost</c>, to what the contract says of it.</summary>
    public static FrozenDictionary<string, MethodDescriptor> Descriptors { get; } = Files()
        .SelectMany(f => f.Services)
        .SelectMany(s => s.Methods)
        .ToFrozenDictionary(m => $"/{m.Service.FullName}/{m.Name}", m => m);

    /// <summary>Full method name to its access.</summary>
    public static FrozenDictionary<string, Access> Methods { get; } = Descriptors.ToFrozenDictionary(m => m.Key, m => Of(m.Value));

    /// <summary>The access that the contract gives <paramref name="method"/>.</summary>
    public static Access Of(MethodDescriptor method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.GetOptions().GetExtension(AccessExtensions.Access);
    }

    private static FileDescriptor[] Files() =>
    [
        IngestServiceReflection.Descriptor, TextClassifyServiceReflection.Descriptor,
        MediaHashServiceReflection.Descriptor, EnforcementServiceReflection.Descriptor,
        AuditServiceReflection.Descriptor,
    ];
}
