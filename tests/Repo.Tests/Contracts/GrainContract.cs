using System.Collections.Immutable;
using System.Reflection;
using Coordinator.Grains;

namespace Coordinator.Repo.Tests.Contracts;

/// <summary>What crosses a grain boundary: the interfaces, and every type that a call carries.</summary>
internal sealed class GrainContract
{
    private readonly SortedDictionary<string, Type> _carried = new(StringComparer.Ordinal);

    private GrainContract(IEnumerable<Type> interfaces)
    {
        Interfaces = [.. interfaces.OrderBy(type => type.FullName, StringComparer.Ordinal)];
        foreach (var method in Interfaces.SelectMany(MethodsOf))
        {
            foreach (var type in method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            {
                Visit(type);
            }
        }
    }

    /// <summary>The contract of the product.</summary>
    public static GrainContract Ours { get; } = Of(typeof(ICompetitionGrain).Assembly);

    public ImmutableArray<Type> Interfaces { get; }

    /// <summary>Our own types that a call carries, open where they are generic, in ordinal order.</summary>
    public IEnumerable<Type> Carried => _carried.Values;

    public static GrainContract Of(Assembly assembly)
        => Of(assembly.GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type)), assembly);

    public static GrainContract Of(params Type[] interfaces) => new(interfaces);

    public static IEnumerable<MethodInfo> MethodsOf(Type type) => type.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>The members that hold a value: properties and fields with storage, in order of their names.</summary>
    public static IEnumerable<MemberInfo> MembersOf(Type type)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var fields = type.GetFields(all);
        var backed = fields.Where(field => field.Name.StartsWith('<')).Select(field => field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)]).ToHashSet();
        return fields.Where(field => !field.Name.StartsWith('<')).Cast<MemberInfo>()
            .Concat(type.GetProperties(all).Where(property => backed.Contains(property.Name)))
            .OrderBy(member => member.Name, StringComparer.Ordinal);
    }

    public static Type TypeOf(MemberInfo member) => member is PropertyInfo property ? property.PropertyType : ((FieldInfo)member).FieldType;

    /// <summary>Whether a type is part of the frame and cannot change: no rule of ours applies to it.</summary>
    public static bool IsPlain(Type type)
        => type.IsPrimitive || type == typeof(string) || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan) || type == typeof(DateOnly) || type == typeof(Uri) || type == typeof(void)
            || type == typeof(CancellationToken) || type == typeof(Task) || type == typeof(ValueTask);

    /// <summary>Whether a type only holds other types and cannot change.</summary>
    public static bool IsWrapper(Type type)
        => type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(Task<>) || open == typeof(ValueTask<>) || open == typeof(Nullable<>) || open == typeof(ImmutableArray<>));

    private static GrainContract Of(IEnumerable<Type> interfaces, Assembly assembly)
    {
        var contract = new GrainContract(interfaces);
        foreach (var type in assembly.GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute))))
        {
            contract.Visit(type); // written for a call, though none carries it yet
        }
        return contract;
    }

    private void Visit(Type type)
    {
        if (type.IsGenericParameter || IsPlain(type))
        {
            return;
        }
        if (type.IsGenericType && !type.IsGenericTypeDefinition)
        {
            foreach (var argument in type.GetGenericArguments())
            {
                Visit(argument);
            }
        }
        if (IsWrapper(type))
        {
            return;
        }
        var own = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (_carried.TryAdd(own.FullName ?? own.Name, own) && !own.IsEnum && !own.IsArray && own.Assembly != typeof(object).Assembly)
        {
            foreach (var member in MembersOf(own))
            {
                Visit(TypeOf(member));
            }
        }
    }
}
