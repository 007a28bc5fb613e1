using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using Moderation.Contracts.V1;

namespace Moderation.Enforcement.Host.Policies;

/// <summary>What decides now. Until the policy is changed for the first time, that is the policy file.</summary>
internal sealed class PolicyCatalogue
{
    private PolicySnapshot _current;

    /// <summary>Compiles the file.</summary>
    /// <exception cref="InvalidOperationException">The document does not compile; the message has all that is wrong, with lines.</exception>
    public PolicyCatalogue(IOptions<PolicyOptions> options)
    {
        var file = options.Value.File;
        if (file.Length > 0 && !System.IO.File.Exists(file))
        {
            throw new InvalidOperationException($"Policy:File: there is no file {file}.");
        }

        FileDocument = file.Length == 0
            ? new PolicyDocument { Text = DefaultPolicy.Yaml, GoldenCases = DefaultPolicy.GoldenYaml }
            : new PolicyDocument { Text = System.IO.File.ReadAllText(file) };
        File = file.Length == 0 ? DefaultPolicy.Policy : Compile(file);
        _current = PolicyDocuments.Snapshot(PolicyDocuments.Initial(File), File, null);
    }

    /// <summary>The policy file, compiled: version 1.</summary>
    public CompiledPolicy File { get; }

    /// <summary>The same as it is written, with what it includes.</summary>
    public PolicyDocument FileDocument { get; }

    /// <summary>What decides.</summary>
    public PolicySnapshot Current => Volatile.Read(ref _current);

    /// <summary>The version in force, with the clauses of the one on its way.</summary>
    public CompiledPolicy Live => Current.Staged.Policy;

    /// <summary>Decides by another state from now on, unless a later one is here already.</summary>
    public void Put(PolicySnapshot snapshot)
    {
        while (Current is var before && before.StateVersion < snapshot.StateVersion)
        {
            if (ReferenceEquals(Interlocked.CompareExchange(ref _current, snapshot, before), before))
            {
                return;
            }
        }
    }

    /// <summary>The clauses of the policy, and those that a decision explained and the policy no longer has: the author read them then.</summary>
    public IReadOnlyDictionary<string, PolicyClause> ClausesOf(Decision? decision)
    {
        var clauses = Live.Clauses;
        var gone = decision?.Statement?.Items.Where(i => !clauses.ContainsKey(i.ClauseId)).ToList() ?? [];
        return gone.Count == 0
            ? clauses
            : clauses.AddRange(gone.DistinctBy(i => i.ClauseId).Select(i => KeyValuePair.Create(i.ClauseId, new PolicyClause(
                i.ClauseId, (HarmCategory)i.Category, i.ClauseTitle, i.ClauseText, ImmutableSortedDictionary<string, ClauseText>.Empty))));
    }

    private CompiledPolicy Compile(string file)
    {
        var compilation = PolicyCompiler.Compile(FileDocument.Text, new PolicySources { Include = name => Beside(file, name) });
        return compilation.Policy ?? throw new InvalidOperationException($"Policy:File: {file} does not compile:\n{string.Join('\n', compilation.Errors)}");
    }

    /// <summary>The compiler has refused every name that has a folder in it.</summary>
    private string? Beside(string file, string name)
    {
        var path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "", name);
        return System.IO.File.Exists(path) ? FileDocument.Includes[name] = System.IO.File.ReadAllText(path) : null;
    }
}
