// What this browser keeps between visits, in IndexedDB: nothing of it goes anywhere, and it stays until it is deleted.

const STORES = ["collection", "collection-results", "review"];
let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("areatag", 1); // throws where a browser has closed it to the page
    request.onupgradeneeded = () => STORES.forEach((name) => request.result.createObjectStore(name));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  }).catch(() => {
    throw new Error("This browser keeps nothing here, so what is shown is lost when the page closes.");
  });
  return opening;
}

/** The values of a store by key, as an array of [key, value] in the order of the keys. */
export async function entries(store) {
  const objects = (await database()).transaction(store).objectStore(store);
  const [keys, values] = await Promise.all([answer(objects.getAllKeys()), answer(objects.getAll())]);
  return keys.map((key, position) => [key, values[position]]);
}

/** The value of a key, or undefined. */
export async function get(store, key) {
  return answer((await database()).transaction(store).objectStore(store).get(key));
}

/** Keep an array of [key, value], all or none; undefined as the value deletes the key. */
export async function put(store, pairs) {
  const transaction = (await database()).transaction(store, "readwrite");
  const objects = transaction.objectStore(store);
  for (const [key, value] of pairs) {
    if (value === undefined) objects.delete(key);
    else objects.put(value, key);
  }
  return done(transaction);
}

/** Replace the value of a key by what `make` makes of it, unless that is undefined; no other tab comes in between. */
export async function change(store, key, make) {
  const transaction = (await database()).transaction(store, "readwrite");
  const objects = transaction.objectStore(store);
  objects.get(key).onsuccess = ({ target }) => {
    const value = make(target.result);
    if (value !== undefined) objects.put(value, key);
  };
  return done(transaction);
}

/** Empty some stores and keep an array of [key, value] in the first of them, all or nothing. */
export async function replace(stores, pairs) {
  const transaction = (await database()).transaction(stores, "readwrite");
  for (const store of stores) transaction.objectStore(store).clear();
  for (const [key, value] of pairs) transaction.objectStore(stores[0]).put(value, key);
  return done(transaction);
}

/** Delete all of some stores. */
export async function clear(...stores) {
  const transaction = (await database()).transaction(stores, "readwrite");
  for (const store of stores) transaction.objectStore(store).clear();
  return done(transaction);
}

const answer = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const done = (transaction) => new Promise((resolve, reject) => {
  transaction.oncomplete = resolve;
  transaction.onabort = () => reject(new Error("This browser could not keep it: its storage is full or closed to this page."));
});
