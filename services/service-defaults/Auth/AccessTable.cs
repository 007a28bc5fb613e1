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

    /// <summary>Full method name to its rule.</summary>
    public static FrozenDictionary<string, AccessRule> Rules { get; } = Descriptors.ToFrozenDictionary(m => m.Key, m => new AccessRule(m.Value));

    /// <summary>Full method name to its access.</summary>
    public static FrozenDictionary<string, Access> Methods { get; } = Rules.ToFrozenDictionary(m => m.Key, m => m.Value.Access);

    /// <summary>What in the contract's options would let someone in who is not meant, or nobody at all.</summary>
    public static IReadOnlyList<string> Faults { get; } = [.. Rules.SelectMany(r => r.Value.Faults().Select(f => $"{r.Key} {f}")).Order(StringComparer.Ordinal)];

    /// <summary>The access that the contract gives <paramref name="method"/>.</summary>
    public static Access Of(MethodDescriptor method)
    {
        ArgumentNullException.ThrowIfNull(method);
        return method.GetOptions().GetExtension(AccessExtensions.Access);
    }

    // Every file of the contract that defines a service: a new one needs no line here.
    private static IEnumerable<FileDescriptor> Files() => typeof(AccessReflection).Assembly.GetTypes()
        .Where(t => t.Name.EndsWith("Reflection", StringComparison.Ordinal))
        .Select(t => t.GetProperty("Descriptor")?.GetValue(null))
        .OfType<FileDescriptor>()
        .Where(f => f.Services.Count > 0);
}
