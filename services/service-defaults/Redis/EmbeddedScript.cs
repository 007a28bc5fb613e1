using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using StackExchange.Redis;

namespace Moderation.ServiceDefaults.Redis;

/// <summary>
/// A script embedded beside the store that uses it, called by its digest. Given the text, the client would hash all of it on each call to
/// find out whether the server knows it.
/// </summary>
public sealed partial class EmbeddedScript
{
    private readonly string _text;
    private readonly byte[] _digest;

    private EmbeddedScript(string text) => (_text, _digest) = (text, Digest(text));

    /// <summary>
    /// Loads <paramref name="fileName"/> from the assembly that calls. A line <c>--#include name.lua</c> stands for that file of service-defaults.
    /// </summary>
    /// <exception cref="InvalidOperationException">The assembly embeds no such file.</exception>
    public static EmbeddedScript Load(Assembly assembly, string fileName)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return new EmbeddedScript(Expand(Read(assembly, fileName)));
    }

    /// <summary>A script with what it includes, as Redis gets it.</summary>
    public static string Expand(string text) => Included().Replace(text, m => Expand(Read(typeof(EmbeddedScript).Assembly, m.Groups[1].Value)));

    private static string Read(Assembly assembly, string fileName)
    {
        var name = assembly.GetManifestResourceNames().SingleOrDefault(n => n.EndsWith("." + fileName, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{assembly.GetName().Name} embeds no {fileName}: add it as an EmbeddedResource.");
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // the name was just listed
        return reader.ReadToEnd();
    }

    /// <summary>Runs it. All <paramref name="keys"/> must share one hash tag.</summary>
    public async Task<RedisResult> RunAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments)
    {
        ArgumentNullException.ThrowIfNull(database);
        try
        {
            return await database.ScriptEvaluateAsync(_digest, keys, arguments);
        }
        catch (RedisServerException unknown) when (unknown.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // New, restarted or failed over: with the text the client loads it first.
            return await database.ScriptEvaluateAsync(_text, keys, arguments);
        }
    }

    // Redis names scripts by their SHA-1; nothing here rests on its strength.
#pragma warning disable CA5350
    private static byte[] Digest(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350

    [GeneratedRegex("^--#include ([a-z_]+\\.lua)$", RegexOptions.Multiline)]
    private static partial Regex Included();
}
