using System.CommandLine;
using Moderation.ServiceDefaults.Auth;

namespace Moderation.ModCtl.Shell;

/// <summary>A secret from the command line, a file or the environment, in this order. A file or the environment keeps it out of process lists.</summary>
internal sealed class CredentialOptions
{
    private readonly Option<string> _value;
    private readonly Option<FileInfo> _file;
    private readonly string _name;
    private readonly string _variable;
    private readonly string _what;
    private readonly string _origin;
    private readonly Func<string, (string, string)> _header;

    private CredentialOptions(string name, string variable, string what, string origin, Func<string, (string, string)> header)
    {
        (_name, _variable, _what, _origin, _header) = (name, variable, what, origin, header);
        _value = new Option<string>(name) { Description = $"{char.ToUpperInvariant(what[0])}{what[1..]}; also read from {variable}", HelpName = "SECRET" };
        _file = new Option<FileInfo>($"{name}-file") { Description = $"File with {what}", HelpName = "FILE" };
    }

    /// <summary>A tenant's API key, for PUBLIC calls.</summary>
    public static CredentialOptions ApiKey()
        => new("--api-key", "MODERATION_API_KEY", "the tenant's API key", "modctl key create makes one", key => (AccessInterceptor.ApiKeyHeader, key));

    /// <summary>A person's token, for PEOPLE calls.</summary>
    public static CredentialOptions Token()
        => new("--token", "MODERATION_TOKEN", "a person's token", "modctl token issue makes one", token => ("authorization", "Bearer " + token));

    /// <summary>Adds its options to <paramref name="command"/>.</summary>
    public CredentialOptions AddTo(Command command)
    {
        command.Options.Add(_value);
        command.Options.Add(_file);
        return this;
    }

    /// <summary>The header to send.</summary>
    /// <exception cref="UsageException">There is no credential, or more than one.</exception>
    public (string Name, string Value) Header(ParseResult parsed, Terminal terminal)
    {
        var given = parsed.GetValue(_value);
        var file = parsed.GetValue(_file);
        if (given is not null && file is not null)
        {
            throw new UsageException($"give {_name} or {_name}-file, not both.");
        }

        if (file is { Exists: false })
        {
            throw new UsageException($"{_name}-file: there is no file {file.FullName}.");
        }

        var secret = (given ?? (file is null ? null : File.ReadAllText(file.FullName)) ?? terminal.Variable(_variable))?.Trim();
        if (string.IsNullOrEmpty(secret))
        {
            throw new UsageException($"{_what} is needed: give {_name}-file, {_name} or the environment variable {_variable} ({_origin}).");
        }

        return secret.All(char.IsAscii) && !secret.Any(char.IsControl)
            ? _header(secret)
            : throw new UsageException($"{_what} holds characters that no such secret has; one line of ASCII is right.");
    }
}
