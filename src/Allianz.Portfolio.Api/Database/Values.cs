using System.Data;
using System.Globalization;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;

namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// How values travel. Dapper's handlers are process-wide, so each reads what either engine gives and writes what either takes:
/// dates as date or <c>yyyy-MM-dd</c>, instants as UTC datetime2(3) or text, ids as uniqueidentifier or text.
/// </summary>
internal static class Values
{
    private static readonly Instant _instant = new();
    private static readonly Id _id = new();

    public static void Register()
    {
        Use(new Day());
        Use(_instant);
        Use(_id);
        SqlMapper.AddTypeHandler(new KeyAndName());
        SqlMapper.AddTypeHandler(new JsonListHandler<string>());
        SqlMapper.AddTypeHandler(new JsonListHandler<FundingSource>());
        SqlMapper.AddTypeHandler(new JsonListHandler<CouncilStep>());
        SqlMapper.AddTypeHandler(new JsonListHandler<ProjectComment>());
    }

    /// <summary>Gives a parameter its value as Dapper does.</summary>
    public static void Set(IDbDataParameter parameter, object? value, DbType? type)
    {
        switch (value)
        {
            case Guid id when type is null:
                _id.SetValue(parameter, id);
                return;
            case DateTimeOffset instant when type is null:
                _instant.SetValue(parameter, instant);
                return;
            case DbString text:
                (parameter.DbType, parameter.Value, parameter.Size) = (DbType.String, (object?)text.Value ?? DBNull.Value, text.Length);
                return;
        }
        parameter.Value = value ?? DBNull.Value;
        if (type is { } known)
        {
            parameter.DbType = known;
        }
        if (value is string { Length: <= DbString.DefaultLength })
        {
            parameter.Size = DbString.DefaultLength;
        }
    }

    /// <summary>Instants are kept in whole milliseconds, so that what is read is what was hashed.</summary>
    public static DateTimeOffset WholeMilliseconds(this DateTimeOffset instant) =>
        new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);

    private static void Use<T>(SqlMapper.TypeHandler<T> handler)
        where T : struct
    {
        SqlMapper.RemoveTypeMap(typeof(T));
        SqlMapper.RemoveTypeMap(typeof(T?));
        SqlMapper.AddTypeHandler(handler);
    }

    private sealed class Day : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) =>
            value is DateTime time ? DateOnly.FromDateTime(time)
            : value is DateOnly day ? day
            : Written((string)value);

        // yyyy-MM-dd and nothing else, because we wrote it: lists are full of dates.
        private static DateOnly Written(string text) =>
            new(int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture), Two(text, 5), Two(text, 8));

        private static int Two(string text, int at) => (text[at] - '0') * 10 + text[at + 1] - '0';

        public override void SetValue(IDbDataParameter parameter, DateOnly value)
        {
            parameter.DbType = DbType.Date;
            parameter.Value = value;
        }
    }

    private sealed class Instant : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTime time
                ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
                : DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value)
        {
            parameter.DbType = DbType.DateTime2;
            parameter.Scale = 3;
            parameter.Value = value.WholeMilliseconds().UtcDateTime;
        }
    }

    // A reference is a key in its column; where it is read for showing, a line feed and the name stand behind it.
    private sealed class KeyAndName : SqlMapper.TypeHandler<Reference>
    {
        public override Reference Parse(object value) =>
            ((string)value).Split('\n', 2) switch
            {
                [var key, { Length: > 0 } name] => new(key, name),
                [var key, ..] => new(key, key),
                _ => throw new NotSupportedException(),
            };

        public override void SetValue(IDbDataParameter parameter, Reference? value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = (object?)value?.Key ?? DBNull.Value;
        }
    }

    // Short lists that belong to one row stand in one column (JsonList).
    private sealed class JsonListHandler<T> : SqlMapper.TypeHandler<IReadOnlyList<T>>
    {
        public override IReadOnlyList<T> Parse(object value) => JsonList.Unpack<T>((string)value);

        public override void SetValue(IDbDataParameter parameter, IReadOnlyList<T>? value)
        {
            parameter.DbType = DbType.String;
            parameter.Value = (object?)JsonList.Pack(value) ?? DBNull.Value;
        }
    }

    private sealed class Id : SqlMapper.TypeHandler<Guid>
    {
        public override Guid Parse(object value) => value is Guid id ? id : Guid.Parse((string)value);

        public override void SetValue(IDbDataParameter parameter, Guid value)
        {
            parameter.DbType = DbType.Guid;
            parameter.Value = value;
        }
    }
}
