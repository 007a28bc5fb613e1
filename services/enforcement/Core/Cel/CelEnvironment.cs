using System.Linq.Expressions;

namespace Moderation.Enforcement.Cel;

/// <summary>What a name stands for.</summary>
internal abstract class CelResolution
{
    public abstract CelType Type { get; }
}

/// <summary>A variable of the environment, or a constant of the policy.</summary>
internal sealed class CelVariable(string name, CelType type, Func<Expression, Expression>? read, CelValue constant, int maxSize, ulong requires)
    : CelResolution
{
    public string Name { get; } = name;

    public override CelType Type { get; } = type;

    /// <summary>Reads it from the activation; null for a constant.</summary>
    public Func<Expression, Expression>? Read { get; } = read;

    public CelValue Constant { get; } = constant;

    public int MaxSize { get; } = maxSize;

    public ulong Requires { get; } = requires;
}

/// <summary>A variable of a macro.</summary>
internal sealed class CelLocal(string name, CelType type) : CelResolution
{
    public string Name { get; } = name;

    public override CelType Type { get; } = type;
}

/// <summary>The name of a type as a value.</summary>
internal sealed class CelTypeName(string name) : CelResolution
{
    public CelValue Value { get; } = CelValue.OfType(name);

    public override CelType Type => CelType.Type;
}

/// <summary>A field of an object type.</summary>
internal sealed record CelField(
    string Name, CelType Type, Func<Expression, Expression> Read, Func<Expression, Expression>? Present, int MaxSize, ulong Requires);

/// <summary>An object type with typed fields, read without reflection or boxing.</summary>
public sealed class CelObjectType
{
    private readonly Dictionary<string, CelField> _fields = new(StringComparer.Ordinal);

    private CelObjectType(string name, Type clrType)
    {
        Name = name;
        ClrType = clrType;
        Type = CelType.Object(this);
    }

    /// <summary>The name in messages.</summary>
    public string Name { get; }

    /// <summary>The type for declarations.</summary>
    public CelType Type { get; }

    internal Type ClrType { get; }

    internal IReadOnlyDictionary<string, CelField> FieldsByName => _fields;

    /// <summary>Declares an object type over a class.</summary>
    public static CelObjectType Declare<T>(string name, Action<Fields<T>> declare) where T : class
    {
        ArgumentNullException.ThrowIfNull(declare);
        var type = new CelObjectType(name, typeof(T));
        declare(new Fields<T>(type));
        return type;
    }

    /// <summary>The fields of an object type while it is declared.</summary>
    public sealed class Fields<T> where T : class
    {
        private readonly CelObjectType _owner;

        internal Fields(CelObjectType owner) => _owner = owner;

        /// <summary>Adds a field.</summary>
        /// <param name="name">Its name.</param>
        /// <param name="read">How it is read.</param>
        /// <param name="type">Its type; needed for lists, maps and objects.</param>
        /// <param name="present">What has() answers; null: always present.</param>
        /// <param name="maxSize">Characters or elements it can have; bounds the cost.</param>
        /// <param name="requires">Bits of the inputs that must be there for a condition that reads it.</param>
        public Fields<T> Field<TField>(string name, Expression<Func<T, TField>> read, CelType? type = null,
            Expression<Func<T, bool>>? present = null, int maxSize = 64, ulong requires = 0)
        {
            var celType = type ?? CelClrTypes.TypeOf(typeof(TField));
            CelClrTypes.Require(celType, typeof(TField), name);
            _owner._fields.Add(name, new CelField(
                name, celType, CelClrTypes.Reader(read), present is null ? null : CelClrTypes.Reader(present), maxSize, requires));
            return this;
        }
    }
}

/// <summary>The variables, constants and functions that an expression may use. Fill it, then compile against it.</summary>
/// <typeparam name="TVars">The activation: an object that holds the variables' values.</typeparam>
public sealed class CelEnvironment<TVars>
{
    internal Dictionary<string, CelVariable> Variables { get; } = new(StringComparer.Ordinal);

    internal string Container { get; init; } = "";

    /// <summary>Adds a variable.</summary>
    /// <param name="name">Its name; may have dots.</param>
    /// <param name="read">How it is read from the activation.</param>
    /// <param name="type">Its type; needed for lists, maps and objects.</param>
    /// <param name="maxSize">Characters or elements it can have; bounds the cost.</param>
    /// <param name="requires">Bits of the inputs that must be there for a condition that reads it.</param>
    public CelEnvironment<TVars> Variable<TValue>(
        string name, Expression<Func<TVars, TValue>> read, CelType? type = null, int maxSize = 64, ulong requires = 0)
    {
        var celType = type ?? CelClrTypes.TypeOf(typeof(TValue));
        CelClrTypes.Require(celType, typeof(TValue), name);
        Variables[name] = new CelVariable(name, celType, CelClrTypes.Reader(read), default, maxSize, requires);
        return this;
    }

    /// <summary>Adds a constant: a bool, int, uint, double or string.</summary>
    public CelEnvironment<TVars> Constant(string name, CelValue value)
    {
        Variables[name] = new CelVariable(name, CelClrTypes.TypeOf(value), null, value, 0, 0);
        return this;
    }

    /// <summary>A copy that can be extended without changing this one.</summary>
    public CelEnvironment<TVars> Copy()
    {
        var copy = new CelEnvironment<TVars> { Container = Container };
        foreach (var (name, variable) in Variables)
            copy.Variables.Add(name, variable);
        return copy;
    }

    internal void Add(CelVariable variable) => Variables[variable.Name] = variable;
}
