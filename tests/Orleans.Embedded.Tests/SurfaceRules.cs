using System.Reflection;
using System.Text;

namespace Coordinator.Engine.Tests;

/// <summary>The engine offers what <c>surface.txt</c> lists and nothing else: what is not in the model cannot be used by mistake.</summary>
public sealed class SurfaceRules
{
    [Fact]
    public void The_public_surface_is_the_checked_in_list()
    {
        var list = Path.Combine(SourceFolder(), "surface.txt");
        var actual = Surface.Of(typeof(Grain).Assembly);
        if (Environment.GetEnvironmentVariable("UPDATE_SURFACE") == "1")
        {
            File.WriteAllText(list, actual); // a deliberate change: the difference shows in the commit
        }
        var listed = File.ReadAllText(list).ReplaceLineEndings("\n");
        var missing = listed.Split('\n').Except(actual.Split('\n')).ToList();
        var added = actual.Split('\n').Except(listed.Split('\n')).ToList();
        Assert.True(
            listed == actual,
            $"surface.txt differs from the engine.\nlisted only:\n{string.Join('\n', missing)}\nin the engine only:\n{string.Join('\n', added)}");
    }

    [Fact]
    public void Nothing_public_lives_outside_of_the_model_s_namespaces()
    {
        var foreign = typeof(Grain).Assembly.GetExportedTypes()
            .Where(type => !type.Namespace!.StartsWith("Orleans", StringComparison.Ordinal) && type.Namespace != "Microsoft.Extensions.Hosting");
        Assert.Empty(foreign);
    }

    private static string SourceFolder()
        => Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(Coordinator.Testing.VectorFiles.Path("dlctix")))!, "Orleans.Embedded.Tests");
}

/// <summary>Writes an assembly's public surface down, nullability included.</summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string Header(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate" : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";
        var bases = new List<string>();
        if (type is { IsClass: true, BaseType: { } parent } && parent != typeof(object) && kind != "delegate")
        {
            bases.Add(Name(parent));
        }
        if (kind is not "enum" and not "delegate")
        {
            bases.AddRange(type.GetInterfaces().Where(face => face.IsPublic).Select(Name).Order(StringComparer.Ordinal));
        }
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : string.Empty)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        var nullability = new NullabilityInfoContext();
        if (type.IsEnum)
        {
            return type.GetEnumNames().Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        }
        var fields = type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily)
            .Select(field => $"{(field.IsLiteral ? $"const {Name(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}" : $"{Name(field.FieldType)} {field.Name}")}");
        var constructors = type.GetConstructors(Declared).Where(Visible).Select(made => $"{Access(made)}new({Parameters(made, nullability)})");
        var properties = type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(Visible)).Select(property =>
        {
            var getter = property.GetMethod is { } read && Visible(read) ? " get;" : string.Empty;
            var setter = property.SetMethod is { } write && Visible(write) ? " set;" : string.Empty;
            var shown = Shown(nullability.Create(property));
            return $"{Access(property.GetAccessors(nonPublic: true)[0])}{shown} {property.Name} {{{getter}{setter} }}";
        });
        var methods = type.GetMethods(Declared).Where(method => Visible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)))
            .Where(method => method.GetBaseDefinition() == method || method.DeclaringType == method.GetBaseDefinition().DeclaringType)
            .Select(method => $"{Access(method)}{Shown(nullability.Create(method.ReturnParameter))} "
                + $"{method.Name}{Generics(method)}({Parameters(method, nullability)})");
        return [.. fields, .. constructors, .. properties, .. methods];
    }

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => (method.IsPublic ? string.Empty : "protected ") + (method.IsStatic ? "static " : string.Empty);

    /// <summary>A type with its question marks, those inside of type arguments included.</summary>
    private static string Shown(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var name = type.IsGenericType && info.GenericTypeArguments.Length == type.GetGenericArguments().Length
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(Shown))}>"
            : Name(type);
        var nullable = info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable;
        return nullable && !type.IsValueType && !type.IsGenericParameter ? name + "?" : name;
    }

    private static string Generics(MethodInfo method)
        => method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : string.Empty;

    private static string Parameters(MethodBase method, NullabilityInfoContext nullability) => string.Join(", ", method.GetParameters().Select(parameter
        => $"{(parameter.IsOut ? "out " : string.Empty)}{Shown(nullability.Create(parameter))} "
            + $"{parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : string.Empty)}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }
        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }
        var name = type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}" : type.Name;
        return type.IsGenericType ? $"{name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
