// A placeholder: keeps the door of this room open until its furniture comes.
export {};
