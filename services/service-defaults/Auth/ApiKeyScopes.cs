using System.Collections.Frozen;
using Moderation.Contracts.V1;

namespace Moderation.ServiceDefaults.Auth;

/// <summary>What API keys may be used for, in the contract's names without the prefix: <c>ACCOUNT_DATA</c>.</summary>
public static class ApiKeyScopes
{
    private const string Prefix = "SCOPE_";

    private static readonly FrozenDictionary<Scope, string> Names = AccessReflection.Descriptor.EnumTypes.Single(e => e.Name == nameof(Scope)).Values
        .Where(v => v.Number != 0).ToFrozenDictionary(v => (Scope)v.Number, v => v.Name[Prefix.Length..]);

    /// <summary>All of them.</summary>
    public static IReadOnlySet<Scope> All { get; } = Names.Keys.ToFrozenSet();

    /// <summary>The name of a scope.</summary>
    public static string NameOf(Scope scope) => Names[scope];
}
