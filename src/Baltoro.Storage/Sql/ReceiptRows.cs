using System.Data.Common;
using Baltoro.Platform.Receipts;

namespace Baltoro.Storage.Sql;

/// <summary>Rows to records, in the column order of <see cref="ReceiptSql"/>.</summary>
internal static class ReceiptRows
{
    public static ChainHead Head(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2));

    public static StoredReceipt Receipt(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetFieldValue<byte[]>(3));

    public static SignedRoot Root(DbDataReader row) =>
        new(row.GetString(0), row.GetInt64(1), row.GetString(2), row.GetString(3), row.GetFieldValue<byte[]>(4));
}
