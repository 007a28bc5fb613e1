using System.Collections.Frozen;
using Google.Protobuf.Reflection;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>Who may call which RPC, read from the contract's descriptors.</summary>
public static class AccessTable
{
    /// <summary>Full method name, such as <c>/moderation.ingest.v1.IngestService/SubmitPost</c>, to its access.</summary>
    public static FrozenDictionary<string, Access> Methods { get; } = Files()
        .SelectMany(f => f.Services)
        .SelectMany(s => s.Methods.Select(m => ($"/{s.FullName}/{m.Name}", m.GetOptions().GetExtension(AccessExtensions.Access))))
        .ToFrozenDictionary(p => p.Item1, p => p.Item2);

    private static FileDescriptor[] Files() =>
    [
        IngestServiceReflection.Descriptor, TextClassifyServiceReflection.Descriptor,
        MediaHashServiceReflection.Descriptor, EnforcementServiceReflection.Descriptor,
    ];
}
