using System.Reflection;

namespace Moderation.Enforcement;

/// <summary>The policy that one can run with on the first day, for the whole taxonomy, and its golden cases.</summary>
public static class DefaultPolicy
{
    /// <summary>The document.</summary>
    public static string Yaml { get; } = Read("default-policy.yaml");

    /// <summary>The golden cases beside it.</summary>
    public static string GoldenYaml { get; } = Read("default-policy.golden.yaml");

    /// <summary>The JSON Schema of policy documents, for editors. The compiler is stricter: it reads the conditions too.</summary>
    public static string SchemaJson { get; } = Read("policy.schema.json");

    private static readonly Lazy<CompiledPolicy> Compiled = new(() =>
    {
        var compilation = PolicyCompiler.Compile(Yaml);
        return compilation.Policy ?? throw new InvalidOperationException("the default policy: " + string.Join("; ", compilation.Errors));
    });

    /// <summary>The compiled policy.</summary>
    public static CompiledPolicy Policy => Compiled.Value;

    private static string Read(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
