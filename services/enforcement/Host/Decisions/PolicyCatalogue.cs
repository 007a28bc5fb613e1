using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Decisions;

/// <summary>Which policy decides. Section <c>Policy</c>.</summary>
internal sealed class PolicyOptions
{
    public const string Section = "Policy";

    /// <summary>Path of a policy document; empty: the default policy.</summary>
    public string File { get; set; } = "";
}

/// <summary>The policy in force.</summary>
internal sealed class PolicyCatalogue
{
    /// <summary>Compiles it.</summary>
    /// <exception cref="InvalidOperationException">The document does not compile; the message has all that is wrong, with lines.</exception>
    public PolicyCatalogue(IOptions<PolicyOptions> options)
    {
        var file = options.Value.File;
        if (file.Length == 0)
        {
            Live = DefaultPolicy.Policy;
            return;
        }

        if (!File.Exists(file))
        {
            throw new InvalidOperationException($"Policy:File: there is no file {file}.");
        }

        var compilation = PolicyCompiler.Compile(File.ReadAllText(file), new PolicySources { Include = name => Beside(file, name) });
        Live = compilation.Policy ?? throw new InvalidOperationException($"Policy:File: {file} does not compile:\n{string.Join('\n', compilation.Errors)}");
    }

    /// <summary>The compiler has refused every name that has a folder in it.</summary>
    private static string? Beside(string file, string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "", name);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>The policy that decides.</summary>
    public CompiledPolicy Live { get; }

    /// <summary>The clauses of the policy, and those that a decision explained and the policy no longer has: the author read them then.</summary>
    public IReadOnlyDictionary<string, PolicyClause> ClausesOf(Decision? decision)
    {
        var gone = decision?.Statement?.Items.Where(i => !Live.Clauses.ContainsKey(i.ClauseId)).ToList() ?? [];
        return gone.Count == 0
            ? Live.Clauses
            : Live.Clauses.AddRange(gone.DistinctBy(i => i.ClauseId).Select(i => KeyValuePair.Create(i.ClauseId, new PolicyClause(
                i.ClauseId, (HarmCategory)i.Category, i.ClauseTitle, i.ClauseText, ImmutableSortedDictionary<string, ClauseText>.Empty))));
    }
}
